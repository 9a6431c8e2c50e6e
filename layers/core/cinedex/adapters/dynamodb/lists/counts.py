"""Counts of lists, each spread over several items, so that many writers of one account do not wait for each other."""

from __future__ import annotations

from typing import Any, Protocol
from zlib import crc32

from cinedex.adapters.dynamodb.lists import list_keys
from cinedex.adapters.dynamodb.table import DynamoDbTable

SHARDS = 8


class Counts(Protocol):
    def addition(self, account_id: str, list_name: str, member: str, by: int) -> Any:
        """For `write_together`. Additions for the same `member` change the same item."""

    def read(self, account_id: str, list_name: str) -> int: ...


class DynamoDbCounts:
    """`Counts`."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def addition(self, account_id: str, list_name: str, member: str, by: int) -> Any:
        key = list_keys.list_count(account_id, list_name, crc32(member.encode()) % SHARDS)
        return {"Update": self._table.update_request(*key, "ADD counted :by", {":by": by})}

    def read(self, account_id: str, list_name: str) -> int:
        partition = list_keys.list_count(account_id, list_name, 0).pk
        return sum(int(item["counted"]) for item in self._table.query(partition, consistent=True))
