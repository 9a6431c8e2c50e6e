"""Videos, collections, runs, API keys, pending deletions and the state of reindexing in memory."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.access.domain.api_keys import ApiKey
from cinedex.adapters.dynamodb.api_keys import API_KEY, API_KEY_BY_SECRET, StoredApiKeys
from cinedex.adapters.dynamodb.collections import COLLECTION, StoredCollections
from cinedex.adapters.dynamodb.pending_deletions import PENDING_DELETION, StoredPendingDeletions
from cinedex.adapters.dynamodb.reindexing import REINDEXING, StoredReindexing
from cinedex.adapters.dynamodb.runs import RUN, StoredRuns
from cinedex.adapters.dynamodb.videos import VIDEO, StoredVideos
from cinedex.library.domain.video import Video

from tests.support.memory.repository import MemoryRepository


class MemoryVideos(StoredVideos):
    """`VideoRepository` and `UnfinishedVideos`."""

    def __init__(self) -> None:
        self.repository = MemoryRepository(VIDEO)
        super().__init__(self.repository)

    def all(self) -> Sequence[Video]:
        """Of all accounts, oldest first."""
        return self.repository.all()


class MemoryCollections(StoredCollections):
    """`CollectionRepository`."""

    def __init__(self) -> None:
        super().__init__(MemoryRepository(COLLECTION))


class MemoryRuns(StoredRuns):
    """`RunRepository`, which stores a run together with its video."""

    def __init__(self, videos: MemoryVideos) -> None:
        runs = MemoryRepository(RUN)
        super().__init__(runs, videos.repository, runs.clear)


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
