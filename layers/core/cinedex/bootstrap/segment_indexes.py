"""The search store of a deployment; adapters of other stores are not imported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cinedex.kernel.errors import Unavailable
from cinedex.search.ports.index_versions import IndexVersionStore
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.settings import SearchSettings

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from cinedex.adapters.opensearch import IndexLayout


def segment_index(settings: SearchSettings) -> SegmentIndex:
    if settings.store == "sqlite":
        from cinedex.adapters.sqlite import SqliteSegmentIndex

        return SqliteSegmentIndex(Path(settings.sqlite_path), settings.sqlite_kept_mib * 1024 * 1024)
    if settings.store == "opensearch":
        from cinedex.adapters.opensearch import OpenSearchSegmentIndex

        return OpenSearchSegmentIndex(_opensearch(settings), _layout(settings))
    from cinedex.adapters.unavailable_segment_index import UnavailableSegmentIndex

    return UnavailableSegmentIndex()


def _opensearch(settings: SearchSettings) -> OpenSearch:
    if not settings.opensearch_url.startswith(("http://", "https://")):
        raise Unavailable("SEARCH_STORE is opensearch, and OPENSEARCH_URL is not an http or https address.")
    from cinedex.adapters.opensearch import connect

    sign_for = None if settings.opensearch_signing == "none" else settings.opensearch_signing
    return connect(settings.opensearch_url, sign_for=sign_for)


def _layout(settings: SearchSettings) -> IndexLayout:
    from cinedex.adapters.opensearch import IndexLayout

    return IndexLayout(
        engine=settings.opensearch_engine,
        dimension=settings.opensearch_dimension,
        shards=settings.opensearch_shards,
        replicas=settings.opensearch_replicas,
    )


def index_versions(settings: SearchSettings) -> IndexVersionStore:
    if settings.store == "sqlite":
        from cinedex.adapters.sqlite import SqliteIndexVersions

        return SqliteIndexVersions(Path(settings.sqlite_path))
    if settings.store == "opensearch":
        from cinedex.adapters.opensearch import OpenSearchIndexVersions

        return OpenSearchIndexVersions(_opensearch(settings), _layout(settings))
    from cinedex.adapters.unavailable_segment_index import NO_SEARCH_STORE

    raise Unavailable(NO_SEARCH_STORE)
