"""How items are written: their keys, and the typed attributes of DynamoDB, which are strings and integers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from cinedex.kernel.errors import TooLarge

Item = dict[str, str | int]
ITEM_BYTES_MAX = 400 * 1024  # a limit of DynamoDB, attribute names included


class Key(NamedTuple):
    pk: str
    sk: str


@dataclass(frozen=True)
class KeyPattern:
    """One row of the registry, `keys`.

    `access` lists, for the reader of the registry, how the items are read: by id, by partition, by age. `work` is the
    partition of the index; `ttl` says when an item expires.
    """

    entity: str
    pk: str
    sk: str
    access: str
    work: str | None = None
    ttl: str | None = None

    def key(self, **values: object) -> Key:
        return Key(self.pk.format(**values), self.sk.format(**values))

    @property
    def partition_prefix(self) -> str:
        return self.pk.partition("{")[0]

    @property
    def sort_prefix(self) -> str:
        return self.sk.partition("{")[0]


def key_of(pk: str, sk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def dump(item: Mapping[str, str | int]) -> dict[str, Any]:
    return {n: {"N": str(v)} if isinstance(v, int) else {"S": v} for n, v in item.items()}


def dump_item(item: Item) -> dict[str, Any]:
    size_bytes = sum(len(name.encode()) + len(str(value).encode()) for name, value in item.items())
    if size_bytes > ITEM_BYTES_MAX:
        raise TooLarge(f"The item is {size_bytes:,} bytes; the limit is {ITEM_BYTES_MAX:,}.")
    return dump(item)


def load(raw: Mapping[str, Any]) -> Item:
    return {n: int(v["N"]) if "N" in v else str(v["S"]) for n, v in raw.items()}


def key_condition(pk: str, begins: str | None, between: tuple[str, str] | None) -> tuple[str, dict[str, str | int]]:
    if begins is not None:
        return "pk = :pk AND begins_with(sk, :sk)", {":pk": pk, ":sk": begins}
    if between is not None:
        return "pk = :pk AND sk BETWEEN :low AND :high", {":pk": pk, ":low": between[0], ":high": between[1]}
    return "pk = :pk", {":pk": pk}
