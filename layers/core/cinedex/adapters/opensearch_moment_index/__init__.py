"""The search store in OpenSearch: BM25 and k-NN in one round trip, an index for each embedding model."""

from cinedex.adapters.opensearch_moment_index.client import connect
from cinedex.adapters.opensearch_moment_index.index import OpenSearchMomentIndex
from cinedex.adapters.opensearch_moment_index.layout import IndexLayout
from cinedex.adapters.opensearch_moment_index.versions import OpenSearchIndexVersions

__all__ = ["IndexLayout", "OpenSearchIndexVersions", "OpenSearchMomentIndex", "connect"]
