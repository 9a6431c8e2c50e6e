"""Search snapshots, each a compressed item that expires."""

from __future__ import annotations

import base64
import zlib
from datetime import datetime

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.search.domain.results.search_snapshot import SearchSnapshot


class DynamoDbSearchSnapshots:
    """`SearchSnapshots`. DynamoDB may delete an expired item days late, so every read compares the time itself."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def save(self, account_id: str, list_id: str, snapshot: SearchSnapshot, expires_at: datetime) -> None:
        pk, sk = keys.search_snapshot(account_id, list_id)
        packed = base64.b85encode(zlib.compress(snapshot.model_dump_json().encode(), 9)).decode()
        self._table.put({"pk": pk, "sk": sk, "ranked": packed, "expires_at": int(expires_at.timestamp())})

    def find(self, account_id: str, list_id: str, now: datetime) -> SearchSnapshot | None:
        item = self._table.get(*keys.search_snapshot(account_id, list_id))
        if item is None or int(item["expires_at"]) <= now.timestamp():
            return None
        return SearchSnapshot.model_validate_json(zlib.decompress(base64.b85decode(str(item["ranked"]))))
