"""Videos, collections, runs, API keys, pending deletions and the state of reindexing in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from cinedex.access.domain.api_keys import ApiKey
from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.api_keys import API_KEY, API_KEY_BY_SECRET, StoredApiKeys
from cinedex.adapters.dynamodb.collections import COLLECTION, NAME, StoredCollections
from cinedex.adapters.dynamodb.events.event_log import HEAD, LOGGED_EVENT, StoredEventLog
from cinedex.adapters.dynamodb.events.outbox import OUTBOX
from cinedex.adapters.dynamodb.items import Key
from cinedex.adapters.dynamodb.lists.accounts import ACCOUNT, StoredAccounts
from cinedex.adapters.dynamodb.lists.list_state import BACKFILL, StoredListState
from cinedex.adapters.dynamodb.lists.video_refs import ENTITIES, VideoRefs
from cinedex.adapters.dynamodb.pending_deletions import PENDING_DELETION, StoredPendingDeletions
from cinedex.adapters.dynamodb.reindexing import REINDEXING, StoredReindexing
from cinedex.adapters.dynamodb.repository import Repository
from cinedex.adapters.dynamodb.runs import RUN, StoredRuns
from cinedex.adapters.dynamodb.videos import VIDEO, StoredVideos
from cinedex.adapters.system_clock import SystemClock
from cinedex.library.domain.collection import Collection
from cinedex.library.domain.list_backfill import ListBackfill
from cinedex.library.domain.video import Video
from cinedex.library.ports.list_backfill import UnlistedPage

from tests.support.memory.repository import MemoryRepository, Write
from tests.support.published_events import CheckedOutbox


class MemoryCounts:
    """`Counts`."""

    def __init__(self) -> None:
        self._counted: Counter[tuple[str, str]] = Counter()

    def addition(self, account_id: str, list_name: str, member: str, by: int) -> Write:
        return lambda: True, lambda: self._counted.update({(account_id, list_name): by})

    def read(self, account_id: str, list_name: str) -> int:
        return self._counted[account_id, list_name]


def filled_lists() -> StoredListState:
    """The state in which every video is in the lists."""
    state = StoredListState(MemoryRepository(BACKFILL))
    state.save(ListBackfill(is_done=True))
    return state


class MemoryListBackfill(StoredListState):
    """`ListBackfillStore` that has one page."""

    def __init__(self, videos: MemoryVideos) -> None:
        super().__init__(MemoryRepository(BACKFILL))
        self._videos = videos

    def page(self, cursor: str | None) -> UnlistedPage:
        return UnlistedPage(self._videos.all(), [], None)


class AnyCollection(MemoryRepository[Collection]):
    """Collections of every id, for tests of videos alone."""

    def __init__(self) -> None:
        super().__init__(COLLECTION)

    def get(self, key: Key) -> Collection:
        collection_id = key.sk.removeprefix(keys.COLLECTION.sort_prefix)
        start = datetime(2026, 1, 1, tzinfo=UTC)
        fields = {"account_id": "any", "name": collection_id, "created_at": start, "updated_at": start}
        return Collection.model_validate({"collection_id": collection_id, **fields})

    def existing(self, key: Key) -> Write:
        return lambda: True, lambda: None


class MemoryVideos(StoredVideos):
    """`VideoRepository` and `UnfinishedVideos`."""

    def __init__(self, collections: Repository[Collection] | None = None) -> None:
        """Without `collections`, videos join any."""
        self.repository, self.counts = MemoryRepository(VIDEO), MemoryCounts()
        self.refs = {kind: MemoryRepository(entity) for kind, entity in ENTITIES.items()}
        self.accounts = StoredAccounts(MemoryRepository(ACCOUNT))
        refs = VideoRefs(self.refs, self.counts)
        self.events = MemoryRepository(OUTBOX)
        box = CheckedOutbox(self.events, SystemClock())
        super().__init__(self.repository, refs, self.accounts, filled_lists(), collections or AnyCollection(), box)

    def all(self) -> Sequence[Video]:
        """Of all accounts, oldest first."""
        return self.repository.all()


class MemoryCollections(StoredCollections):
    """`CollectionRepository`."""

    def __init__(self) -> None:
        self.repository = MemoryRepository(COLLECTION)
        super().__init__(self.repository, MemoryRepository(NAME), MemoryCounts(), filled_lists())


class MemoryRuns(StoredRuns):
    """`RunRepository`, which stores a run together with its video."""

    def __init__(self, videos: MemoryVideos) -> None:
        runs = MemoryRepository(RUN)
        super().__init__(runs, videos.repository, runs.clear, videos.outbox)


class MemoryEventLog(StoredEventLog):
    """`EventOutbox` and `EventLog`."""

    def __init__(self, videos: MemoryVideos) -> None:
        super().__init__(videos.events, MemoryRepository(LOGGED_EVENT), MemoryRepository(HEAD))


class MemoryApiKeys(StoredApiKeys):
    """`ApiKeyRepository`."""

    def __init__(self) -> None:
        super().__init__(MemoryRepository[ApiKey](API_KEY), MemoryRepository[ApiKey](API_KEY_BY_SECRET))


class MemoryPendingDeletions(StoredPendingDeletions):
    """`PendingDeletions`."""

    def __init__(self) -> None:
        super().__init__(MemoryRepository(PENDING_DELETION))


class MemoryReindexing(StoredReindexing):
    """`ReindexingRepository`."""

    def __init__(self) -> None:
        super().__init__(MemoryRepository(REINDEXING))


class MemoryAllVideos:
    """`AllVideos`."""

    def __init__(self, videos: MemoryVideos) -> None:
        self._videos = videos

    def page(self, after: str | None, limit: int) -> tuple[Sequence[Video], str | None]:
        listed = [v for v in self._videos.all() if after is None or v.video_id > after]
        some = listed[:limit]
        return some, some[-1].video_id if len(listed) > limit else None
