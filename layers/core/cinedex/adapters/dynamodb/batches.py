"""Batch requests of DynamoDB, which may process only a part of a batch: the rest is sent again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from cinedex.adapters.dynamodb.items import Item, key_of, load
from cinedex.kernel.errors import Unavailable
from cinedex.kernel.retry import RetryPolicy, Sleep

T = TypeVar("T")

READ_ITEMS_MAX = 100  # a limit of BatchGetItem
WRITE_ITEMS_MAX = 25  # a limit of BatchWriteItem
UNPROCESSED = RetryPolicy(attempts_max=12, pause_s=0.05, pause_s_max=5.0)


def read_batches(client: Any, table: str, requested: Sequence[tuple[str, str]], sleep: Sleep) -> Iterator[Item]:
    """In no particular order; items that do not exist are left out. Raises `Unavailable`."""
    for batch in _batches(requested, READ_ITEMS_MAX):
        pending: Any = {table: {"Keys": [key_of(*key) for key in batch], "ConsistentRead": True}}
        for _ in UNPROCESSED.attempts("read items", sleep):
            response = client.batch_get_item(RequestItems=pending)
            yield from map(load, response["Responses"].get(table, []))
            pending = response.get("UnprocessedKeys")
            if not pending:
                break
        else:
            raise Unavailable(f"DynamoDB did not read a batch in {UNPROCESSED.attempts_max} attempts.")


def write_batches(client: Any, table: str, requests: Iterable[dict[str, Any]], sleep: Sleep) -> None:
    """Raises `Unavailable`."""
    for batch in _batches(requests, WRITE_ITEMS_MAX):
        pending: Any = {table: batch}
        for _ in UNPROCESSED.attempts("write items", sleep):
            pending = client.batch_write_item(RequestItems=pending).get("UnprocessedItems")
            if not pending:
                break
        else:
            raise Unavailable(f"DynamoDB did not write a batch in {UNPROCESSED.attempts_max} attempts.")


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
