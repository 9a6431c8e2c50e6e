"""The whole product with a real OpenSearch as its search store finds what it finds with SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.client import Connection, Deployment
from local.client.upload import About
from local.settings import REPOSITORY
from local.stack import running_stack
from tests.support.opensearch_server import HOW_TO_GET_ONE, is_at_hand, opensearch

QUERIES = ("a hot drink", "woman in a space suit", "5,500 galaxies", "cat", "a violin")


@pytest.fixture(scope="module")
def on_opensearch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    if not is_at_hand():
        pytest.skip(HOW_TO_GET_ONE)
    with opensearch(tmp_path_factory.mktemp("opensearch")) as url, pytest.MonkeyPatch.context() as environment:
        environment.setenv("CINEDEX_SEARCH", "opensearch")
        environment.setenv("OPENSEARCH_URL", url)
        with (
            running_stack(tmp_path_factory.mktemp("home")) as stack,
            Deployment(Connection(stack.url, stack.api_key or "")) as library,
        ):
            yield library


def add_tour(library: Deployment) -> str:
    video = library.upload(REPOSITORY / "samples" / "tour.mp4", About(), lambda _: None)
    library.when_uploaded(video.video_id)
    library.analyze(video.video_id)
    *_, done = library.follow(video.video_id)
    assert done.detail("embeddings").status == "ready", done.detail("embeddings").error
    return video.video_id


def found(library: Deployment, query: str, video_id: str) -> list[tuple[float, float, float]]:
    return [(m.start, m.end, round(m.score, 2)) for m in library.search(query, video_ids=[video_id]).data]


def test_the_same_moments_in_the_same_order_as_with_sqlite(
    on_opensearch: Deployment, library: Deployment, tmp_path: Path
) -> None:
    there, here = add_tour(on_opensearch), add_tour(library)
    for query in QUERIES:
        assert found(on_opensearch, query, there) == found(library, query, here), query
    on_opensearch.delete(there)
    assert on_opensearch.search("cat").data == []
    library.delete(here)
