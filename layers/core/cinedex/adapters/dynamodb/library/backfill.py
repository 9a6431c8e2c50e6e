"""The backfill of lists, which reads the whole table once, in pages."""

from __future__ import annotations

import json

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.collections import COLLECTION
from cinedex.adapters.dynamodb.lists.list_state import BACKFILL, StoredListState
from cinedex.adapters.dynamodb.repository import DynamoDbRepository
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.adapters.dynamodb.videos import VIDEO
from cinedex.library.ports.list_backfill import UnlistedPage

ITEMS_PER_PAGE = 1_000
"""Most items of the table are timeline entries."""


class DynamoDbListBackfill(StoredListState):
    """`ListBackfillStore`."""

    def __init__(self, table: DynamoDbTable) -> None:
        super().__init__(DynamoDbRepository(table, BACKFILL))
        self._table = table
        self._videos, self._collections = DynamoDbRepository(table, VIDEO), DynamoDbRepository(table, COLLECTION)

    def page(self, cursor: str | None) -> UnlistedPage:
        prefixes = (keys.VIDEO.sort_prefix, keys.COLLECTION.sort_prefix)
        partitions = keys.VIDEO.partition_prefix
        after = json.loads(cursor) if cursor else None
        items, last = self._table.scan(after, ITEMS_PER_PAGE, pk_begins=partitions, sk_begins=prefixes)
        videos = [self._videos.load(i) for i in items if str(i["sk"]).startswith(keys.VIDEO.sort_prefix)]
        others = [self._collections.load(i) for i in items if str(i["sk"]).startswith(keys.COLLECTION.sort_prefix)]
        return UnlistedPage(videos, others, json.dumps(last) if last else None)
