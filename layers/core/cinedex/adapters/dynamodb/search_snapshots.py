"""Ranked lists in the one table: one compressed item each, under R#{account} and the list's id, until it expires."""

from __future__ import annotations

import base64
import zlib
from datetime import datetime

from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.search.domain.results.search_snapshot import SearchSnapshot


class DynamoDbSearchSnapshots:
    """`SearchSnapshots`; DynamoDB may delete what has expired days late, so every read looks at the time itself."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def keep(self, account_id: str, list_id: str, ranked: SearchSnapshot, until: datetime) -> None:
        packed = base64.b85encode(zlib.compress(ranked.model_dump_json().encode(), 9)).decode()
        self._table.put(
            {"pk": f"R#{account_id}", "sk": list_id, "ranked": packed, "expires_at": int(until.timestamp())}
        )

    def find(self, account_id: str, list_id: str, now: datetime) -> SearchSnapshot | None:
        item = self._table.get(f"R#{account_id}", list_id)
        if item is None or int(item["expires_at"]) <= now.timestamp():
            return None
        return SearchSnapshot.model_validate_json(zlib.decompress(base64.b85decode(str(item["ranked"]))))
