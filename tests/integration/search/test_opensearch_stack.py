"""The whole product with a real OpenSearch as its search store finds what it finds with SQLite, and outlives it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cinedex_client import Client, Connection

from local.settings import REPOSITORY
from local.stack import running_stack
from tests.support import opensearch_server
from tests.support.known_videos import KnownVideos
from tests.support.stack_with_demo_clip import add_demo_clip

QUERIES = ("a hot drink", "woman in a space suit", "5,500 galaxies", "cat", "a violin")


@dataclass(frozen=True)
class OnOpenSearch:
    """A library, the home of its stack, and the port and data of OpenSearch; 0 if the tests have not started it."""

    library: Client
    home: Path
    port: int
    data: Path


@pytest.fixture(scope="module")
def on_opensearch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnOpenSearch]:
    if not opensearch_server.is_available():
        pytest.skip(opensearch_server.HOW_TO_GET_ONE)
    with ExitStack() as open_now, pytest.MonkeyPatch.context() as environment:
        data = open_now.enter_context(opensearch_server.world_readable_folder())
        folder, port, url = tmp_path_factory.mktemp("opensearch"), 0, os.environ.get("OPENSEARCH_URL")
        if not url:
            port = opensearch_server.free_port()
            url = open_now.enter_context(opensearch_server.opensearch_of_its_own(folder, port, data))
        environment.setenv("CINEDEX_SEARCH", "opensearch")
        environment.setenv("OPENSEARCH_URL", url)
        stack = open_now.enter_context(running_stack(tmp_path_factory.mktemp("home")))
        library = open_now.enter_context(Client(Connection(stack.url, stack.api_key or "")))
        yield OnOpenSearch(library, stack.home.root, port, data)


@pytest.fixture(scope="module")
def demo_video_id(on_opensearch: OnOpenSearch) -> str:
    return add_demo_clip(on_opensearch.library)


def spans_and_scores(library: Client, query: str, video_id: str) -> tuple[list[tuple[float, float]], list[float]]:
    """Spans of the results, best first, and their scores."""
    moments = library.search(query, video_ids=[video_id]).data
    return [(m.start, m.end) for m in moments], [m.score for m in moments]


def index(home: Path, *arguments: str) -> Any:
    command = [sys.executable, "-m", "cinedex_client.cli", "index", *arguments, "--json"]
    environment = os.environ | {"CINEDEX_HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)}
    made = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


def test_the_same_moments_in_the_same_order_as_with_sqlite(
    on_opensearch: OnOpenSearch, demo_video_id: str, known: KnownVideos
) -> None:
    """On the shared stack the search store is SQLite, whose vectors have half the digits."""
    here = known.video("demo.mp4").video_id
    for query in QUERIES:
        (there_spans, there_scores), (spans, scores) = (
            spans_and_scores(on_opensearch.library, query, demo_video_id),
            spans_and_scores(known.library, query, here),
        )
        assert there_spans == spans, query
        assert there_scores == pytest.approx(scores, abs=0.005), query


def test_a_new_index_is_filled_next_to_the_old_one_and_replaces_it(
    on_opensearch: OnOpenSearch, demo_video_id: str
) -> None:
    before = {query: spans_and_scores(on_opensearch.library, query, demo_video_id) for query in QUERIES}
    filled = index(on_opensearch.home, "reindex")
    assert filled["reindexing"]["status"] == "filled"
    index(on_opensearch.home, "swap")
    assert index(on_opensearch.home, "drop")["versions"]["old"] == []
    assert {query: spans_and_scores(on_opensearch.library, query, demo_video_id) for query in QUERIES} == before


def test_searches_are_answered_while_the_store_is_down(
    on_opensearch: OnOpenSearch, demo_video_id: str, tmp_path: Path
) -> None:
    if not on_opensearch.port:
        pytest.skip("the OpenSearch at OPENSEARCH_URL is not ours to kill")
    library = on_opensearch.library
    os.kill(opensearch_server.java_of(on_opensearch.port), signal.SIGKILL)
    started = time.monotonic()
    answer = library.search("cat", video_ids=[demo_video_id])
    assert time.monotonic() - started < 10
    assert answer.degraded
    assert any("cat" in (moment.transcript or "") for moment in answer.data)
    literal = library.search("called Chelsea", literal=True, video_ids=[demo_video_id])
    assert (literal.degraded, [moment.score for moment in literal.data]) == (True, [1.0])
    with opensearch_server.opensearch_of_its_own(tmp_path, on_opensearch.port, on_opensearch.data):
        back = library.search("cat", video_ids=[demo_video_id])
        assert (back.degraded, bool(back.data)) == (False, True)
        library.delete(demo_video_id)
        assert library.search("cat").data == []
