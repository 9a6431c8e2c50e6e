"""Physical indexes by generation: a family has one index for each embedding model, and one for no model."""

from __future__ import annotations

import re
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.exceptions import RequestError
from pydantic import BaseModel, ConfigDict

from cinedex.adapters.opensearch.index_template import FILLED, SCHEMA_VERSION, IndexLayout, vector_mapping

WITHOUT_MODEL = "words"
NEXT = "-next"
"""What the alias of the family ends with that is filled beside the live one."""


class IndexGeneration(BaseModel):
    """`alias` is the role: that of the live family, or that of the next one."""

    model_config = ConfigDict(frozen=True)

    alias: str
    schema_version: int = SCHEMA_VERSION
    generation: int = 1

    @property
    def is_next(self) -> bool:
        return self.alias.endswith(NEXT)

    @property
    def prefix(self) -> str:
        return f"{self.alias.removesuffix(NEXT)}-s{self.schema_version}-g{self.generation}"

    def index_of(self, model: str | None) -> str:
        """Vectors of two models never meet: they are in different indexes."""
        return f"{self.prefix}-{_slug(model)}"


class IndexAliases(BaseModel):
    """What there is: the two families, and every index by name, with the aliases that lead to it."""

    model_config = ConfigDict(frozen=True)

    live: IndexGeneration | None
    next: IndexGeneration | None
    aliases: dict[str, frozenset[str]]
    generation_max: int

    def behind(self, alias: str) -> list[str]:
        return sorted(name for name, aliases in self.aliases.items() if alias in aliases)


def model_alias(layout: IndexLayout, model: str | None) -> str:
    """Leads to the live index that holds the vectors of `model`, and to none of another.

    Nor to one of another schema, whose scores mean something else: words are found there all the same.
    """
    return f"{layout.alias}.s{SCHEMA_VERSION}.{_slug(model)}"


def roles_of(client: OpenSearch, layout: IndexLayout) -> IndexAliases:
    """In one request, as of now."""
    listed = client.indices.get_alias(index=layout.pattern)
    aliases = {name: frozenset(known["aliases"]) for name, known in listed.items()}
    families = {name: family for name in aliases if (family := _family(layout, name))}
    return IndexAliases(
        live=_newest([f for n, f in families.items() if layout.alias in aliases[n]], layout.alias),
        next=_newest([f for n, f in families.items() if layout.alias + NEXT in aliases[n]], layout.alias + NEXT),
        aliases=aliases,
        generation_max=max((f.generation for f in families.values()), default=0),
    )


def ensure_index(
    client: OpenSearch, layout: IndexLayout, family: IndexGeneration, model: str | None, dimension: int
) -> str:
    """The name of the index for `model`, made and put behind its aliases when it is new."""
    name = family.index_of(model)
    aliases = {family.alias} if family.is_next else aliases_of(layout, family, name)
    body: dict[str, Any] = vector_mapping(layout, dimension) | {"aliases": {alias: {} for alias in aliases}}
    if family.is_next:
        body["settings"] = {"index": FILLED}
    try:
        client.indices.create(index=name, body=body)
    except RequestError as error:
        if error.error != "resource_already_exists_exception":
            raise
    return name


def aliases_of(layout: IndexLayout, family: IndexGeneration, index: str) -> set[str]:
    """What leads to an index of the live family."""
    return {layout.alias, f"{layout.alias}.s{family.schema_version}.{index.removeprefix(f'{family.prefix}-')}"}


def _family(layout: IndexLayout, index: str) -> IndexGeneration | None:
    found = re.match(rf"{re.escape(layout.alias)}-s(\d+)-g(\d+)-", index)
    if found is None:
        return None
    return IndexGeneration(alias=layout.alias, schema_version=int(found[1]), generation=int(found[2]))


def _newest(families: list[IndexGeneration], alias: str) -> IndexGeneration | None:
    newest = max(families, key=lambda f: f.generation, default=None)
    return newest and newest.model_copy(update={"alias": alias})


def _slug(model: str | None) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", (model or WITHOUT_MODEL).lower())
