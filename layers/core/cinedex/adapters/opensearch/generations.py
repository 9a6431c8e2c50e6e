"""Generations of physical indexes: each has one index per embedding model, and one for documents without vectors."""

from __future__ import annotations

import re
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import RequestError
from pydantic import BaseModel, ConfigDict

from cinedex.adapters.opensearch.index_template import FILLING_SETTINGS, SCHEMA_VERSION, IndexLayout, vector_mapping

WITHOUT_MODEL = "words"
NEXT = "-next"
"""Suffix of the alias of the generation that is being filled."""


class IndexGeneration(BaseModel):
    """`alias` is that of the live generation or that of the next one."""

    model_config = ConfigDict(frozen=True)

    alias: str
    schema_version: int = SCHEMA_VERSION
    number: int = 1

    @property
    def is_next(self) -> bool:
        return self.alias.endswith(NEXT)

    @property
    def prefix(self) -> str:
        return f"{self.alias.removesuffix(NEXT)}-s{self.schema_version}-g{self.number}"

    def index_of(self, model: str | None) -> str:
        """Vectors of different models are in different indexes."""
        return f"{self.prefix}-{_slug(model)}"


class IndexAliases(BaseModel):
    """The live and the next generation, and every index with its aliases."""

    model_config = ConfigDict(frozen=True)

    live: IndexGeneration | None
    next: IndexGeneration | None
    aliases: dict[str, frozenset[str]]
    number_max: int

    def indexes_of(self, alias: str) -> list[str]:
        return sorted(name for name, aliases in self.aliases.items() if alias in aliases)


COMPARABLE_SCHEMAS = (4, SCHEMA_VERSION)
"""Schemas with the same vectors and scores."""


def model_alias(layout: IndexLayout, model: str | None) -> str:
    """The aliases of the live index with the vectors of `model`.

    They exclude indexes of other schemas, whose scores are not comparable; their words are still searched.
    """
    return ",".join(f"{layout.alias}.s{version}.{_slug(model)}" for version in COMPARABLE_SCHEMAS)


def read_aliases(client: OpenSearch, layout: IndexLayout) -> IndexAliases:
    """The current state, in one request."""
    listed = client.indices.get_alias(index=layout.pattern)
    aliases = {name: frozenset(known["aliases"]) for name, known in listed.items()}
    generations = {name: generation for name in aliases if (generation := _generation(layout, name))}
    return IndexAliases(
        live=_newest([g for n, g in generations.items() if layout.alias in aliases[n]], layout.alias),
        next=_newest([g for n, g in generations.items() if layout.alias + NEXT in aliases[n]], layout.alias + NEXT),
        aliases=aliases,
        number_max=max((g.number for g in generations.values()), default=0),
    )


def ensure_index(
    client: OpenSearch, layout: IndexLayout, generation: IndexGeneration, model: str | None, dimension: int
) -> str:
    """The name of the index for `model`; creates it with its aliases when it is missing."""
    name = generation.index_of(model)
    aliases = {generation.alias} if generation.is_next else aliases_of(layout, generation, name)
    body: dict[str, Any] = vector_mapping(layout, dimension) | {"aliases": {alias: {} for alias in aliases}}
    if generation.is_next:
        body["settings"] = {"index": FILLING_SETTINGS}
    try:
        client.indices.create(index=name, body=body)
    except RequestError as error:
        if error.error != "resource_already_exists_exception":
            raise
    return name


def aliases_of(layout: IndexLayout, generation: IndexGeneration, index: str) -> set[str]:
    """The aliases of an index of the live generation."""
    return {layout.alias, f"{layout.alias}.s{generation.schema_version}.{index.removeprefix(f'{generation.prefix}-')}"}


def _generation(layout: IndexLayout, index: str) -> IndexGeneration | None:
    match = re.match(rf"{re.escape(layout.alias)}-s(\d+)-g(\d+)-", index)
    if match is None:
        return None
    return IndexGeneration(alias=layout.alias, schema_version=int(match[1]), number=int(match[2]))


def _newest(generations: list[IndexGeneration], alias: str) -> IndexGeneration | None:
    newest = max(generations, key=lambda g: g.number, default=None)
    return newest and newest.model_copy(update={"alias": alias})


def _slug(model: str | None) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", (model or WITHOUT_MODEL).lower())
