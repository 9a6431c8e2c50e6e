"""Converts items to and from the typed attributes of DynamoDB: strings and integers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cinedex.kernel.errors import TooLarge

Item = dict[str, str | int]
ITEM_BYTES_MAX = 400 * 1024  # a limit of DynamoDB, attribute names included


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
