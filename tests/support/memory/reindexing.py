"""The state of a backfill, and every video, in memory."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.kernel.errors import StaleRevision
from cinedex.library.domain.video import Video
from cinedex.search.domain.index.reindexing import Reindexing

from tests.support.memory.library import MemoryVideos


class MemoryBackfills:
    """`ReindexingRepository` and `AllVideos`."""

    def __init__(self, videos: MemoryVideos) -> None:
        self._videos = videos
        self._kept: Reindexing | None = None

    def find(self) -> Reindexing | None:
        return self._kept

    def save(self, backfill: Reindexing) -> Reindexing:
        if (self._kept.revision if self._kept else 0) != backfill.revision:
            raise StaleRevision("The backfill is carried on elsewhere, or was given up.")
        self._kept = backfill.changed(revision=backfill.revision + 1)
        return self._kept

    def remove(self) -> None:
        self._kept = None

    def page(self, after: str | None, limit: int) -> tuple[Sequence[Video], str | None]:
        listed = [v for v in self._videos.everything() if after is None or v.video_id > after]
        some = listed[:limit]
        return some, some[-1].video_id if len(listed) > limit else None
