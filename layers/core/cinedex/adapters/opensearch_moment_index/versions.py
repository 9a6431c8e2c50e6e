"""Physical indexes behind one alias: one for each embedding model and version of the schema."""

from __future__ import annotations

import re
from typing import Any, Literal

from opensearchpy import OpenSearch
from opensearchpy.exceptions import NotFoundError, RequestError
from pydantic import BaseModel, ConfigDict

from cinedex.domain.moment import EMBEDDED, Modality

SCHEMA_VERSION = 2
WITHOUT_MODEL = "words"
SEGMENTS_PER_TIER = 4
"""Of ten, the default: each graph is searched by itself, so few large ones are faster to read than many."""
NEXT = "-next"
"""What the alias of indexes that are filled beside the live ones ends with."""


class IndexLayout(BaseModel):
    """How the indexes are built; `engine` must be one that filters while it walks the graph.

    A write returns when it can be found ("wait_for": at the next refresh, within a second; "true": at once, at
    a price) or before that ("false", for filling an index).
    """

    model_config = ConfigDict(frozen=True)

    alias: str = "cinedex-segments"
    engine: str = "lucene"
    shards: int = 1
    replicas: int = 0
    hnsw_m: int = 16
    hnsw_ef_construction: int = 100
    refresh: Literal["true", "wait_for", "false"] = "wait_for"

    @property
    def is_beside(self) -> bool:
        """Whether this fills indexes that nobody reads yet."""
        return self.alias.endswith(NEXT)

    @property
    def prefix(self) -> str:
        """Shared by the live alias and those of indexes that are being filled beside it."""
        return f"{self.alias.removesuffix(NEXT)}-s{SCHEMA_VERSION}"

    def index_of(self, model: str | None) -> str:
        """Vectors of two models never meet: they are in different indexes."""
        return f"{self.prefix}-{re.sub(r'[^a-z0-9._-]+', '-', (model or WITHOUT_MODEL).lower())}"


def ensure_index(client: OpenSearch, layout: IndexLayout, model: str | None, dimension: int) -> str:
    """The name of the index for `model`, made and put behind the alias when it is new."""
    name = layout.index_of(model)
    try:
        client.indices.create(index=name, body=_body(layout, dimension))
    except RequestError as error:
        if error.error != "resource_already_exists_exception":
            raise
    client.indices.put_alias(index=name, name=layout.alias)
    return name


def ensure_template(client: OpenSearch, layout: IndexLayout) -> None:
    client.indices.put_index_template(name=layout.prefix, body=_template(layout))


def promote(client: OpenSearch, layout: IndexLayout) -> tuple[str, ...]:
    """Swap in one step: the indexes filled behind `alias-next` go live, the models they replace go out.

    Documents without vectors stay where they are. Returns the names that went out, for `drop`.
    """
    live, filled = indexes_behind(client, layout.alias), indexes_behind(client, layout.alias + NEXT)
    if not filled:
        return ()
    kept = {*filled, layout.index_of(None)}
    out = tuple(sorted(live - kept))
    actions = [{"remove": {"index": name, "alias": layout.alias}} for name in out]
    for name in sorted(filled):
        actions.append({"add": {"index": name, "alias": layout.alias}})
        actions.append({"remove": {"index": name, "alias": layout.alias + NEXT}})
    client.indices.update_aliases(body={"actions": actions})
    return out


def indexes_of(client: OpenSearch, layout: IndexLayout) -> set[str]:
    """Those a write may take documents out of; what is filled beside leaves the live ones alone."""
    shared = {layout.index_of(None)} if layout.is_beside else set()
    return indexes_behind(client, layout.alias) - shared


def drop(client: OpenSearch, names: tuple[str, ...]) -> None:
    for name in names:
        client.indices.delete(index=name, ignore_unavailable=True)


def indexes_behind(client: OpenSearch, alias: str) -> set[str]:
    try:
        return set(client.indices.get_alias(name=alias))
    except NotFoundError:
        return set()


def _template(layout: IndexLayout) -> dict[str, Any]:
    """All but the vectors, whose length depends on the model."""
    letters = {"type": "wildcard", "normalizer": "lowercase"}
    text = {"type": "text", "analyzer": "stemmed", "fields": {"letters": letters}}
    numbers = {name: {"type": "double"} for name in ("start_s", "end_s")}
    keywords = {name: {"type": "keyword"} for name in ("account_id", "video_id", "collection_id")}
    properties = {
        **keywords,
        **numbers,
        "segment_index": {"type": "integer"},
        "is_instant": {"type": "boolean"},
        "extent": {"type": "object", "enabled": False},
        "model": {"type": "keyword"},
        "texts": {"properties": {modality.value: text for modality in Modality}},
    }
    return {
        "index_patterns": [f"{layout.prefix}-*"],
        "template": {
            "settings": {
                "index": {
                    "knn": True,
                    "number_of_shards": layout.shards,
                    "number_of_replicas": layout.replicas,
                    "merge.policy.segments_per_tier": SEGMENTS_PER_TIER,
                },
                "analysis": _ANALYSIS,
            },
            # Vectors are searched and never shown: leaving them out halves what a hit costs to read.
            "mappings": {"dynamic": "strict", "_source": {"excludes": ["vectors"]}, "properties": properties},
        },
    }


_ANALYSIS = {
    "analyzer": {
        "stemmed": {
            "tokenizer": "standard",
            "filter": ["lowercase", "asciifolding", "english_possessive", "porter_stem"],
        }
    },
    "filter": {"english_possessive": {"type": "stemmer", "language": "possessive_english"}},
}
"""As FTS5's `porter unicode61`: stop words stay, so "to be or not to be" can be found."""


def _body(layout: IndexLayout, dimension: int) -> dict[str, Any]:
    if not dimension:
        return {}
    method = {
        "name": "hnsw",
        "engine": layout.engine,
        "space_type": "cosinesimil",
        "parameters": {"m": layout.hnsw_m, "ef_construction": layout.hnsw_ef_construction},
    }
    vector = {"type": "knn_vector", "dimension": dimension, "method": method}
    return {"mappings": {"properties": {"vectors": {"properties": {m.value: vector for m in EMBEDDED}}}}}
