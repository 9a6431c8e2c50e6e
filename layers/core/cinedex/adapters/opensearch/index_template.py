"""The index template: analysis, mapping, and the settings of a deployment."""

from __future__ import annotations

from typing import Any, Literal

from opensearchpy import OpenSearch
from pydantic import BaseModel, ConfigDict

from cinedex.adapters.opensearch.video_fields import MANIFEST_PROPERTIES, SEGMENT_PROPERTIES
from cinedex.kernel.errors import Unavailable
from cinedex.search.domain.index.segment_document import EMBEDDED
from cinedex.timeline.modality import Modality

SCHEMA_VERSION = 5
LIVE_SETTINGS: dict[str, Any] = {
    "refresh_interval": None,
    "merge.policy.segments_per_tier": 4,
    "merge.policy.max_merge_at_once": None,
}
"""Settings of a live index. Each segment has its own vector graph, and a few large graphs are faster to search."""

FILLING_SETTINGS: dict[str, Any] = {
    "refresh_interval": "5s",
    "merge.policy.segments_per_tier": 50,
    "merge.policy.max_merge_at_once": 50,
}
"""Settings while an index is being built. Small HNSW segments stay in the CPU cache, which halves indexing time; they
are merged after the alias swap."""


class IndexLayout(BaseModel):
    """`engine` must support filtering during the graph search; `dimension` 0 accepts the dimension of the vectors.

    `refresh`: a write returns when it is searchable ("wait_for": at the next refresh, within a second; "true": at once,
    at a higher cost), or before ("false": while filling an index, and the only value of OpenSearch Serverless).
    """

    model_config = ConfigDict(frozen=True)

    alias: str = "cinedex-segments"
    engine: str = "lucene"
    dimension: int = 0
    shards: int = 1
    replicas: int = 0
    hnsw_m: int = 16
    hnsw_ef_construction: int = 100
    refresh: Literal["true", "wait_for", "false"] = "wait_for"

    @property
    def pattern(self) -> str:
        """Matches all indexes of this deployment, of every version."""
        return f"{self.alias}-s*"

    @property
    def template(self) -> str:
        return f"{self.alias}-s{SCHEMA_VERSION}"


def ensure_template(client: OpenSearch, layout: IndexLayout) -> None:
    client.indices.put_index_template(name=layout.template, body=_template(layout))


def vector_mapping(layout: IndexLayout, dimension: int) -> dict[str, Any]:
    """Empty for an index without vectors. Raises `Unavailable` for a dimension that the deployment does not accept."""
    if not dimension:
        return {}
    if layout.dimension not in (0, dimension):
        raise Unavailable(f"The vectors have {dimension} dimensions; this deployment expects {layout.dimension}.")
    vector = _vector(layout, dimension)
    return {"mappings": {"properties": {"vectors": {"properties": {m.value: vector for m in EMBEDDED}}}}}


def _vector(layout: IndexLayout, dimension: int) -> dict[str, Any]:
    method = {
        "name": "hnsw",
        "engine": layout.engine,
        "space_type": "innerproduct",  # the cosine of unit vectors, for a third of its multiplications
        "parameters": {"m": layout.hnsw_m, "ef_construction": layout.hnsw_ef_construction},
    }
    return {"type": "knn_vector", "dimension": dimension, "method": method}


def subtitle_mapping(layout: IndexLayout, dimension: int) -> dict[str, Any]:
    """The fields of subtitles, for an index that was made before there were any."""
    fields = {name: {"properties": {Modality.SUBTITLE.value: kind}} for name, kind in _SEARCHED.items()}
    if dimension:
        fields["vectors"] = {"properties": {Modality.SUBTITLE.value: _vector(layout, dimension)}}
    return {"properties": fields}


def _template(layout: IndexLayout) -> dict[str, Any]:
    """The template without vectors, whose dimension depends on the model."""
    index = {
        "knn": True,
        "number_of_shards": layout.shards,
        "number_of_replicas": layout.replicas,
        **{name: value for name, value in LIVE_SETTINGS.items() if value is not None},
    }
    return {
        "index_patterns": [f"{layout.template}-*"],
        "template": {
            "settings": {"index": index, "analysis": _ANALYSIS},
            # Vectors are searched and never returned: excluding them halves the cost of reading a hit.
            "mappings": {"dynamic": "strict", "_source": {"excludes": ["vectors"]}, "properties": _properties()},
        },
    }


def _properties() -> dict[str, Any]:
    return {
        **{name: {"type": "keyword"} for name in ("account_id", "video_id")},
        **{name: {"type": "double"} for name in ("start_s", "end_s")},
        "segment_index": {"type": "integer"},
        "is_instant": {"type": "boolean"},
        **SEGMENT_PROPERTIES,
        "extent": {"type": "object", "enabled": False},
        "fields": {"type": "object", "enabled": False},
        "video": {"properties": MANIFEST_PROPERTIES},
        "model": {"type": "keyword"},
        "texts": {"type": "object", "enabled": False},
        **{name: {"properties": {modality.value: kind for modality in Modality}} for name, kind in _SEARCHED.items()},
    }


_SEARCHED: dict[str, dict[str, Any]] = {
    "terms": {"type": "text", "analyzer": "stemmed"},
    "folded": {"type": "wildcard"},
}
_ANALYSIS = {"analyzer": {"stemmed": {"tokenizer": "whitespace", "filter": ["porter_stem"]}}}
"""For the terms of `index_terms`, which are folded already; stop words are among them."""
