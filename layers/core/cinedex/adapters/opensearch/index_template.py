"""How the indexes are built: analysis, mapping, and what is a setting of a deployment."""

from __future__ import annotations

from typing import Any, Literal

from opensearchpy import OpenSearch
from pydantic import BaseModel, ConfigDict

from cinedex.kernel.errors import Unavailable
from cinedex.search.domain.index.segment_document import EMBEDDED
from cinedex.timeline.modality import Modality

SCHEMA_VERSION = 3
READ: dict[str, Any] = {
    "refresh_interval": None,
    "merge.policy.segments_per_tier": 4,
    "merge.policy.max_merge_at_once": None,
}
"""Of an index that is searched. Each graph is searched by itself, so a few large ones are faster than ten."""

FILLED: dict[str, Any] = {
    "refresh_interval": "5s",
    "merge.policy.segments_per_tier": 50,
    "merge.policy.max_merge_at_once": 50,
}
"""Of an index that nobody searches yet. A new vector is fitted into a graph of those of some seconds, which the
processor has at hand: in half the time that a large graph takes. They are made one behind the swap, and not before."""


class IndexLayout(BaseModel):
    """`engine` must be one that filters while it walks the graph; `dimension` 0 means that of the vectors.

    A write returns when it can be found ("wait_for": at the next refresh, within a second; "true": at once, at
    a price) or before that ("false": for filling an index, and all that Serverless knows).
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
        """The names of all indexes of ours, of whatever version."""
        return f"{self.alias}-s*"

    @property
    def template(self) -> str:
        return f"{self.alias}-s{SCHEMA_VERSION}"


def ensure_template(client: OpenSearch, layout: IndexLayout) -> None:
    client.indices.put_index_template(name=layout.template, body=_template(layout))


def vector_mapping(layout: IndexLayout, dimension: int) -> dict[str, Any]:
    """Empty for an index without vectors. Raises `Unavailable` for vectors that the deployment does not expect."""
    if not dimension:
        return {}
    if layout.dimension not in (0, dimension):
        raise Unavailable(f"The search store takes vectors of dimension {layout.dimension}, not {dimension}.")
    method = {
        "name": "hnsw",
        "engine": layout.engine,
        "space_type": "innerproduct",  # the cosine of unit vectors, for a third of its multiplications
        "parameters": {"m": layout.hnsw_m, "ef_construction": layout.hnsw_ef_construction},
    }
    vector = {"type": "knn_vector", "dimension": dimension, "method": method}
    return {"mappings": {"properties": {"vectors": {"properties": {m.value: vector for m in EMBEDDED}}}}}


def _template(layout: IndexLayout) -> dict[str, Any]:
    """All but the vectors, whose length depends on the model."""
    index = {
        "knn": True,
        "number_of_shards": layout.shards,
        "number_of_replicas": layout.replicas,
        **{name: value for name, value in READ.items() if value is not None},
    }
    return {
        "index_patterns": [f"{layout.template}-*"],
        "template": {
            "settings": {"index": index, "analysis": _ANALYSIS},
            # Vectors are searched and never shown: leaving them out halves what a hit costs to read.
            "mappings": {"dynamic": "strict", "_source": {"excludes": ["vectors"]}, "properties": _properties()},
        },
    }


def _properties() -> dict[str, Any]:
    letters = {"type": "wildcard", "normalizer": "lowercase"}
    text = {"type": "text", "analyzer": "stemmed", "fields": {"letters": letters}}
    return {
        **{name: {"type": "keyword"} for name in ("account_id", "video_id", "collection_id")},
        **{name: {"type": "double"} for name in ("start_s", "end_s")},
        "segment_index": {"type": "integer"},
        "is_instant": {"type": "boolean"},
        "extent": {"type": "object", "enabled": False},
        "model": {"type": "keyword"},
        "texts": {"properties": {modality.value: text for modality in Modality}},
    }


_ANALYSIS = {
    "char_filter": {
        # Else "cars_30s.mp4" and "5,500" are one word each, and what is asked is cut into plain words.
        "joints": {"type": "mapping", "mappings": [f"{joint} => \\u0020" for joint in "_.,:;·"]}
    },
    "analyzer": {
        "stemmed": {
            "char_filter": ["joints"],
            "tokenizer": "standard",
            "filter": ["lowercase", "asciifolding", "english_possessive", "porter_stem"],
        }
    },
    "filter": {"english_possessive": {"type": "stemmer", "language": "possessive_english"}},
}
"""As FTS5's `porter unicode61`: stop words stay, so "to be or not to be" can be found."""
