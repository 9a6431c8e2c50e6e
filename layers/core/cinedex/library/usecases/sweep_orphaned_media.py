"""After a restart: media files and video records of which the other half was lost."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from cinedex.library.domain.object_keys import parse_upload_key
from cinedex.library.domain.video import UploadStatus, Video
from cinedex.library.ports.media_store import MediaStore
from cinedex.library.ports.repositories import VideoRepository

PAGE = 100

logger = logging.getLogger(__name__)


class VideoPages(Protocol):
    def page(self, after: str | None, limit: int) -> tuple[Sequence[Video], str | None]:
        """About `limit` videos of any account after the cursor, and the next cursor; None at the end."""


@dataclass(frozen=True)
class SweepOrphanedMedia:
    """Deletes files without a record. A record is always stored before its file, so no upload in progress is affected.

    A record whose file is missing is kept and logged: its results are still of use.
    """

    videos: VideoRepository
    all_videos: VideoPages
    store: MediaStore

    def __call__(self) -> int:
        """The number of deleted files."""
        keys = set(self.store.keys())
        orphaned = [key for key in keys if self._has_no_record(key)]
        for key in orphaned:
            self.store.delete(key)
            logger.warning("a media file without a video was deleted", extra={"key": key})
        for video in self._uploaded():
            if video.media.key not in keys and self.store.find(video.media.key) is None:
                logger.warning("the media file of a video is missing", extra={"video_id": video.video_id})
        return len(orphaned)

    def _has_no_record(self, key: str) -> bool:
        owner = parse_upload_key(key)
        return owner is not None and not self.videos.get_many(owner.account_id, [owner.video_id])

    def _uploaded(self) -> Iterator[Video]:
        after: str | None = None
        while True:
            page, after = self.all_videos.page(after, PAGE)
            yield from (video for video in page if video.status is UploadStatus.UPLOADED)
            if after is None:
                return
