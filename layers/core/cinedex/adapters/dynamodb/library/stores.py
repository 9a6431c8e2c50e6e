"""The repositories of videos and collections with the lists that they write."""

from __future__ import annotations

from typing import TypeVar

from cinedex.adapters.dynamodb.collections import COLLECTION, NAME, StoredCollections
from cinedex.adapters.dynamodb.events.outbox import OUTBOX, Outbox
from cinedex.adapters.dynamodb.lists.accounts import ACCOUNT, StoredAccounts
from cinedex.adapters.dynamodb.lists.counts import DynamoDbCounts
from cinedex.adapters.dynamodb.lists.list_state import BACKFILL, StoredListState
from cinedex.adapters.dynamodb.lists.video_refs import ENTITIES, VideoRefs
from cinedex.adapters.dynamodb.repository import DynamoDbRepository
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.adapters.dynamodb.videos import VIDEO, StoredVideos
from cinedex.adapters.system_clock import SystemClock

V = TypeVar("V", bound=StoredVideos)


def stored_videos(table: DynamoDbTable, kind: type[V]) -> V:
    refs = {name: DynamoDbRepository(table, entity) for name, entity in ENTITIES.items()}
    return kind(
        DynamoDbRepository(table, VIDEO),
        VideoRefs(refs, DynamoDbCounts(table)),
        StoredAccounts(DynamoDbRepository(table, ACCOUNT)),
        StoredListState(DynamoDbRepository(table, BACKFILL)),
        DynamoDbRepository(table, COLLECTION),
        outbox(table),
        table.sleep,
    )


def outbox(table: DynamoDbTable) -> Outbox:
    return Outbox(DynamoDbRepository(table, OUTBOX), SystemClock())


def stored_collections(table: DynamoDbTable) -> StoredCollections:
    return StoredCollections(
        DynamoDbRepository(table, COLLECTION),
        DynamoDbRepository(table, NAME),
        DynamoDbCounts(table),
        StoredListState(DynamoDbRepository(table, BACKFILL)),
        table.sleep,
    )
