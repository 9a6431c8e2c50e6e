"""What only OpenSearch has to support: an index for each model, rejected writes, an unavailable server."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cinedex.kernel.errors import Unavailable
from cinedex.search.domain.index.segment_document import QueryVector
from cinedex.timeline.modality import Modality

from tests.support import opensearch_server
from tests.support.segments import MODEL, segment, segment_filter, unit

if TYPE_CHECKING:
    from cinedex.adapters.opensearch import OpenSearchSegmentIndex
    from cinedex.adapters.opensearch.index_template import IndexLayout
    from opensearchpy import OpenSearch

LIMIT = 10
MANY = 2_000


@pytest.fixture
def live(opensearch_client: OpenSearch, layout: IndexLayout) -> OpenSearchSegmentIndex:
    return _index(opensearch_client, layout)


def _index(client: OpenSearch, layout: IndexLayout) -> OpenSearchSegmentIndex:
    from cinedex.adapters.opensearch import OpenSearchSegmentIndex

    return OpenSearchSegmentIndex(client, layout)


def _nearest(index: OpenSearchSegmentIndex, model: str) -> list[int]:
    vector = QueryVector(model=model, values=unit(1, 0, 0))
    hits = index.search("", vector, segment_filter("a", "b"), LIMIT).vectors
    return [hit.document.segment_index for hit in hits]


def test_each_model_has_an_index_of_its_own_behind_one_alias(
    live: OpenSearchSegmentIndex, opensearch_client: OpenSearch, layout: IndexLayout
) -> None:
    live.replace_video("mine", "a", [segment("a", 0, "one", vector=(1, 0, 0)), segment("a", 1, "no vector")])
    live.replace_video("mine", "b", [segment("b", 0, "two", vector=(1, 0, 0), model="Newer/3d*")])
    endings = [name.split("-g1-")[1] for name in opensearch_client.indices.get_alias(name=layout.alias)]
    assert sorted(endings) == ["newer-3d-", MODEL, "words"]


def test_an_index_that_was_removed_by_hand_is_made_again_by_the_next_write(
    live: OpenSearchSegmentIndex, opensearch_client: OpenSearch, layout: IndexLayout
) -> None:
    live.replace_video("mine", "a", [segment("a", 0, "one", vector=(1, 0, 0))])
    opensearch_client.indices.delete(index=layout.pattern)
    live.replace_video("mine", "a", [segment("a", 0, "one", vector=(1, 0, 0))])
    assert _nearest(live, MODEL) == [0]


def test_vectors_of_an_unexpected_dimension_are_rejected(opensearch_client: OpenSearch, layout: IndexLayout) -> None:
    index = _index(opensearch_client, layout.model_copy(update={"dimension": 4}))
    with pytest.raises(Unavailable, match="3 dimensions; this deployment expects 4"):
        index.replace_video("mine", "a", [segment("a", 0, "one", vector=(1, 0, 0))])


def test_a_rejected_document_raises_with_the_reason_as_cause(live: OpenSearchSegmentIndex) -> None:
    live.replace_video("mine", "a", [segment("a", 0, "three dimensions", vector=(1, 0, 0))])
    with pytest.raises(Unavailable, match="rejected a document") as refused:
        live.replace_video("mine", "b", [segment("b", 0, "two dimensions", vector=(1, 0))])
    assert "dimension" in str(refused.value.__cause__)


def test_keywords_match_when_the_vectors_of_an_index_fail(
    live: OpenSearchSegmentIndex,
) -> None:
    live.replace_video("mine", "a", [segment("a", 0, "a word", vector=(1, 0, 0))])
    too_long = QueryVector(model=MODEL, values=unit(1, 0, 0, 0))
    hits = live.search("word", too_long, segment_filter("a"), LIMIT)
    assert ([hit.document.segment_index for hit in hits.words], hits.vectors, hits.degraded) == ([0], (), True)
    assert not live.search("word", QueryVector(model=MODEL, values=unit(1, 0, 0)), segment_filter("a"), LIMIT).degraded


def test_vectors_of_another_schema_are_not_compared_and_words_still_match(
    live: OpenSearchSegmentIndex, opensearch_client: OpenSearch, layout: IndexLayout
) -> None:
    from cinedex.adapters.opensearch.generations import IndexGeneration, aliases_of

    older = IndexGeneration(alias=layout.alias, schema_version=1)
    for name in (older.index_of(None), older.index_of(MODEL)):
        body = {"aliases": {alias: {} for alias in aliases_of(layout, older, name)}}
        unread = {"mappings": {"_source": {"excludes": ["vectors"]}}}
        opensearch_client.indices.create(index=name, body=body | unread)
    live.replace_video("mine", "a", [segment("a", 0, "word", vector=(1, 0, 0))])
    assert older.prefix in str(opensearch_client.indices.get_alias(name=layout.alias))
    hits = live.search("word", QueryVector(model=MODEL, values=unit(1, 0, 0)), segment_filter("a"), LIMIT)
    assert ([hit.document.segment_index for hit in hits.words], hits.vectors) == ([0], ())


def test_an_index_made_before_there_were_subtitles_gets_their_fields_with_the_first_ones(
    live: OpenSearchSegmentIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cinedex.adapters.opensearch import index_template

    with monkeypatch.context() as former:
        former.setattr(index_template, "Modality", [m for m in Modality if m is not Modality.SUBTITLE])
        former.setattr(index_template, "EMBEDDED", (Modality.SPEECH, Modality.CAPTION))
        live.replace_video("mine", "a", [segment("a", 0, "word", vector=(1, 0, 0))])
    east, within = QueryVector(model=MODEL, values=unit(0, 1, 0)), segment_filter("a", "b")
    assert not live.search("word", east, within, LIMIT).degraded
    live.replace_video("mine", "b", [segment("b", 1, subtitle="A heron waits.", subtitle_vector=(0, 1, 0))])
    hits = live.search("herons", east, within, LIMIT)
    assert [hit.document.segment_index for hit in hits.words] == [1]
    assert (hits.vectors[0].cosines[Modality.SUBTITLE], hits.degraded) == (pytest.approx(1.0, abs=1e-3), False)
    assert [d.segment_index for d in live.search_literal("HERON W", within, LIMIT)] == [1]


def test_an_index_has_filling_settings_before_the_swap_and_live_settings_after_it(
    live: OpenSearchSegmentIndex, opensearch_client: OpenSearch, layout: IndexLayout
) -> None:
    from cinedex.adapters.opensearch import OpenSearchIndexVersions
    from cinedex.adapters.opensearch.index_template import FILLING_SETTINGS, LIVE_SETTINGS

    documents = [segment("a", 0, "one", vector=(1, 0, 0))]
    live.replace_video("mine", "a", documents)
    versions = OpenSearchIndexVersions(opensearch_client, layout)
    versions.next_index().replace_video("mine", "a", documents)
    filled = _index_settings(opensearch_client, f"{layout.pattern}-g2-{MODEL}")
    versions.swap()
    searched = _index_settings(opensearch_client, f"{layout.pattern}-g2-{MODEL}")
    assert filled == {name: str(value) for name, value in FILLING_SETTINGS.items()}
    assert searched == {name: str(value) for name, value in LIVE_SETTINGS.items() if value is not None}


def _index_settings(client: OpenSearch, index: str) -> dict[str, str]:
    """Settings that an index has of its own, of those that change."""
    from cinedex.adapters.opensearch.index_template import FILLING_SETTINGS

    [answer] = client.indices.get_settings(index=index, params={"flat_settings": "true"}).values()
    own: dict[str, str] = answer["settings"]
    return {name: own[f"index.{name}"] for name in FILLING_SETTINGS if f"index.{name}" in own}


def test_a_search_before_the_first_write_finds_nothing(live: OpenSearchSegmentIndex) -> None:
    assert _nearest(live, MODEL) == []
    assert live.search_literal("x", segment_filter("a"), LIMIT) == []


def test_a_server_that_is_away_is_unavailable() -> None:
    pytest.importorskip("opensearchpy")
    from cinedex.adapters.opensearch.client import connect

    away = _index_at(connect(f"http://127.0.0.1:{opensearch_server.free_port()}"))
    with pytest.raises(Unavailable):
        away.search("cat", None, segment_filter("a"), LIMIT)
    with pytest.raises(Unavailable):
        away.replace_video("mine", "a", [segment("a", 0, "text")])


def _index_at(client: OpenSearch) -> OpenSearchSegmentIndex:
    from cinedex.adapters.opensearch.index_template import IndexLayout

    return _index(client, IndexLayout())


def test_a_write_repeated_after_the_server_was_killed_makes_the_index_complete(tmp_path: Path) -> None:
    pytest.importorskip("opensearchpy")
    if opensearch_server.home() is None:
        pytest.skip(opensearch_server.HOW_TO_GET_ONE)
    from cinedex.adapters.opensearch.client import connect

    port = opensearch_server.free_port()
    documents = [segment("a", i, f"number {i}", vector=(1, i, 0)) for i in range(MANY)]
    with opensearch_server.world_readable_folder() as data:
        with opensearch_server.opensearch_of_its_own(tmp_path, port, data) as url:
            index = _index_at(connect(url))
            index.replace_video("mine", "a", documents[:10])
            _kill_soon(port)
            with pytest.raises(Unavailable):
                index.replace_video("mine", "a", documents)
        with opensearch_server.opensearch_of_its_own(tmp_path, port, data) as url:
            index = _index_at(connect(url))
            index.replace_video("mine", "a", documents)
            stored = index.documents(segment_filter("a"), MANY + 1)
    assert list(stored) == [d.model_copy(update={"vectors": ()}) for d in documents]


def _kill_soon(port: int) -> None:
    java = opensearch_server.java_of(port)
    threading.Timer(0.15, os.kill, (java, signal.SIGKILL)).start()
