"""The library's repositories over one table, of either kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from cinedex.adapters.dynamodb.api_keys import API_KEY, API_KEY_BY_SECRET, DynamoDbKeyUses, StoredApiKeys
from cinedex.adapters.dynamodb.collections import StoredCollections
from cinedex.adapters.dynamodb.events.event_log import StoredEventLog, stored_event_log
from cinedex.adapters.dynamodb.library.backfill import DynamoDbListBackfill
from cinedex.adapters.dynamodb.library.stores import outbox, stored_collections, stored_videos
from cinedex.adapters.dynamodb.progress import DynamoDbProgress
from cinedex.adapters.dynamodb.repository import DynamoDbRepository
from cinedex.adapters.dynamodb.runs import RUN, StoredRuns
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.adapters.dynamodb.videos import VIDEO, StoredVideos
from cinedex.library.domain.list_backfill import ListBackfill

from tests.support.aws import new_table
from tests.support.memory.access import MemoryKeyUses
from tests.support.memory.library import MemoryApiKeys, MemoryCollections, MemoryEventLog, MemoryRuns, MemoryVideos
from tests.support.memory.repository import MemoryRepository
from tests.support.memory.timeline import MemoryProgress


@dataclass(frozen=True)
class Library:
    videos: StoredVideos
    collections: StoredCollections
    runs: StoredRuns
    keys: StoredApiKeys
    key_uses: MemoryKeyUses | DynamoDbKeyUses
    progress: MemoryProgress | DynamoDbProgress
    events: StoredEventLog


def _in_memory() -> Library:
    collections = MemoryCollections()
    videos = MemoryVideos(collections.repository)
    stores = MemoryRuns(videos), MemoryApiKeys(), MemoryKeyUses(), MemoryProgress(), MemoryEventLog(videos)
    return Library(videos, collections, *stores)


def _on_aws() -> Library:
    table = DynamoDbTable(new_table())
    DynamoDbListBackfill(table).save(ListBackfill(is_done=True))
    videos = DynamoDbRepository(table, VIDEO)
    return Library(
        stored_videos(table, StoredVideos),
        stored_collections(table),
        StoredRuns(DynamoDbRepository(table, RUN), videos, table.delete_partition, outbox(table)),
        StoredApiKeys(DynamoDbRepository(table, API_KEY), DynamoDbRepository(table, API_KEY_BY_SECRET)),
        DynamoDbKeyUses(table),
        DynamoDbProgress(table),
        stored_event_log(table),
    )


@pytest.fixture
def before_next_write(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Carries out another request between the reads and the write of the next one."""

    def overtake(other: Callable[[], object]) -> None:
        for repository in (MemoryRepository, DynamoDbRepository):
            _hook(monkeypatch, repository, other)

    return overtake


def _hook(monkeypatch: pytest.MonkeyPatch, repository: type[Any], other: Callable[[], object]) -> None:
    write = repository.write_together

    def overtaken(self: Any, *writes: Any) -> bool:
        monkeypatch.setattr(repository, "write_together", write)
        other()
        return bool(write(self, *writes))

    monkeypatch.setattr(repository, "write_together", overtaken)


@pytest.fixture
def library(implementation: str) -> Library:
    return _on_aws() if implementation == "aws" else _in_memory()
