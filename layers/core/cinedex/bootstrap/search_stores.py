"""Which search store a deployment has, and how it is reached; what it does not have is not even imported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cinedex.domain.errors import Unavailable
from cinedex.ports.index_versions import IndexVersionStore
from cinedex.ports.moment_index import MomentIndex
from cinedex.settings import SearchSettings

if TYPE_CHECKING:
    from opensearchpy import OpenSearch

    from cinedex.adapters.opensearch_moment_index import IndexLayout


def moment_index(settings: SearchSettings) -> MomentIndex:
    if settings.store == "sqlite":
        from cinedex.adapters.sqlite_moment_index import SqliteMomentIndex

        return SqliteMomentIndex(Path(settings.sqlite_path), settings.sqlite_kept_mib * 1024 * 1024)
    if settings.store == "opensearch":
        from cinedex.adapters.opensearch_moment_index import OpenSearchMomentIndex

        return OpenSearchMomentIndex(_opensearch(settings), _layout(settings))
    from cinedex.adapters.unavailable_search import UnavailableMomentIndex

    return UnavailableMomentIndex()


def _opensearch(settings: SearchSettings) -> OpenSearch:
    if not settings.opensearch_url.startswith(("http://", "https://")):
        raise Unavailable("SEARCH_STORE is opensearch, and OPENSEARCH_URL is not an http or https address.")
    from cinedex.adapters.opensearch_moment_index import connect

    sign_for = None if settings.opensearch_signing == "none" else settings.opensearch_signing
    return connect(settings.opensearch_url, sign_for=sign_for)


def _layout(settings: SearchSettings) -> IndexLayout:
    from cinedex.adapters.opensearch_moment_index import IndexLayout

    return IndexLayout(
        engine=settings.opensearch_engine,
        dimension=settings.opensearch_dimension,
        shards=settings.opensearch_shards,
        replicas=settings.opensearch_replicas,
    )


def index_versions(settings: SearchSettings) -> IndexVersionStore:
    if settings.store == "sqlite":
        from cinedex.adapters.sqlite_moment_index import SqliteIndexVersions

        return SqliteIndexVersions(Path(settings.sqlite_path))
    if settings.store == "opensearch":
        from cinedex.adapters.opensearch_moment_index import OpenSearchIndexVersions

        return OpenSearchIndexVersions(_opensearch(settings), _layout(settings))
    raise Unavailable("This deployment has no search store.")
