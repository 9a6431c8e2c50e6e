"""Every search store, one after the other: what holds for one holds for all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from cinedex.adapters.sqlite import SqliteIndexVersions, SqliteSegmentIndex
from cinedex.search.ports.index_versions import IndexVersionStore
from cinedex.search.ports.segment_index import SegmentIndex

from tests.support import opensearch_server
from tests.support.memory.segment_index import MemoryIndexVersions, MemorySegmentIndex

if TYPE_CHECKING:
    from cinedex.adapters.opensearch.index_template import IndexLayout
    from opensearchpy import OpenSearch


def _memory(_request: pytest.FixtureRequest) -> SegmentIndex:
    return MemorySegmentIndex()


def _sqlite(request: pytest.FixtureRequest) -> SegmentIndex:
    folder: Path = request.getfixturevalue("tmp_path")
    return SqliteSegmentIndex(folder / "search" / "index.sqlite")


def _opensearch(request: pytest.FixtureRequest) -> SegmentIndex:
    client, layout = request.getfixturevalue("opensearch_client"), request.getfixturevalue("layout")
    from cinedex.adapters.opensearch import OpenSearchSegmentIndex

    return OpenSearchSegmentIndex(client, layout)


STORES: dict[str, Callable[[pytest.FixtureRequest], SegmentIndex]] = {
    "memory": _memory,
    "sqlite": _sqlite,
    "opensearch": _opensearch,
}


@pytest.fixture(params=STORES)
def index(request: pytest.FixtureRequest) -> SegmentIndex:
    return STORES[request.param](request)


def _memory_versions(_request: pytest.FixtureRequest) -> tuple[SegmentIndex, IndexVersionStore]:
    index = MemorySegmentIndex()
    return index, MemoryIndexVersions(index)


def _sqlite_versions(request: pytest.FixtureRequest) -> tuple[SegmentIndex, IndexVersionStore]:
    folder: Path = request.getfixturevalue("tmp_path")
    return SqliteSegmentIndex(folder / "index.sqlite"), SqliteIndexVersions(folder / "index.sqlite")


def _opensearch_versions(request: pytest.FixtureRequest) -> tuple[SegmentIndex, IndexVersionStore]:
    client, layout = request.getfixturevalue("opensearch_client"), request.getfixturevalue("layout")
    from cinedex.adapters.opensearch import OpenSearchIndexVersions

    return _opensearch(request), OpenSearchIndexVersions(client, layout)


VERSIONED: dict[str, Callable[[pytest.FixtureRequest], tuple[SegmentIndex, IndexVersionStore]]] = {
    "memory": _memory_versions,
    "sqlite": _sqlite_versions,
    "opensearch": _opensearch_versions,
}


@pytest.fixture(params=VERSIONED)
def versioned(request: pytest.FixtureRequest) -> tuple[SegmentIndex, IndexVersionStore]:
    """A store, and the versions of its index."""
    return VERSIONED[request.param](request)


@pytest.fixture(scope="session")
def opensearch_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenSearch]:
    pytest.importorskip("opensearchpy", reason="opensearch-py is not installed")
    from cinedex.adapters.opensearch.client import connect

    if not opensearch_server.is_available():
        pytest.skip(opensearch_server.HOW_TO_GET_ONE)
    with opensearch_server.opensearch(tmp_path_factory.mktemp("opensearch")) as url:
        yield connect(url)


@pytest.fixture
def layout(opensearch_client: OpenSearch) -> Iterator[IndexLayout]:
    """Names of its own for each test, removed behind it."""
    from cinedex.adapters.opensearch.index_template import IndexLayout

    mine = IndexLayout(alias=f"test-{uuid4().hex}", refresh="true")
    yield mine
    opensearch_client.indices.delete(index=mine.pattern, ignore_unavailable=True)
    opensearch_client.indices.delete_index_template(name=mine.template, ignore=[404])
