"""The search store in OpenSearch: BM25 and k-NN in one request, one index for each embedding model."""

from cinedex.adapters.opensearch.client import connect
from cinedex.adapters.opensearch.index import OpenSearchSegmentIndex
from cinedex.adapters.opensearch.index_template import IndexLayout
from cinedex.adapters.opensearch.versions import OpenSearchIndexVersions

__all__ = ["IndexLayout", "OpenSearchIndexVersions", "OpenSearchSegmentIndex", "connect"]
