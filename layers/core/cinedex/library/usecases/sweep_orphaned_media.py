"""After a restart: media files and video records of which the other half was lost."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from cinedex.library.domain.object_keys import UploadKey, parse_upload_key
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

    If no file at all has a record, the table was lost or replaced, and nothing is deleted. A record whose file is
    missing is kept and logged: its results are still of use.

    Reads the whole library: the records in pages of `PAGE`, but the keys of all files at once, which take about 400
    bytes of memory each, 40 MB for 100,000 files. It runs only after a restart of the local stack, not in AWS.
    """

    videos: VideoRepository
    all_videos: VideoPages
    store: MediaStore

    def __call__(self) -> int:
        """The number of deleted files."""
        stored = self.store.keys()
        owners = {key: owner for key in stored if (owner := parse_upload_key(key))}
        known = self._known(owners.values())
        orphaned = [key for key, owner in owners.items() if owner.video_id not in known]
        if orphaned and not known:
            logger.warning("no media file has a video, so none is deleted", extra={"files": len(orphaned)})
            orphaned = []
        for key in orphaned:
            self.store.delete(key)
            logger.warning("a media file without a video was deleted", extra={"key": key})
        for video in self._uploaded():
            if self._is_missing(video, owners):
                logger.warning("the media file of a video is missing", extra={"video_id": video.video_id})
        return len(orphaned)

    def _is_missing(self, video: Video, listed: Container[str]) -> bool:
        """A file in a bucket of the user is not looked up."""
        media = video.media
        return media.bucket == self.store.bucket and media.key not in listed and self.store.find(media.key) is None

    def _known(self, owners: Iterable[UploadKey]) -> frozenset[str]:
        """The ids of those videos that have a record."""
        by_account: dict[str, list[str]] = defaultdict(list)
        for owner in owners:
            by_account[owner.account_id].append(owner.video_id)
        pages = ((a, ids[at : at + PAGE]) for a, ids in by_account.items() for at in range(0, len(ids), PAGE))
        return frozenset(video.video_id for a, page in pages for video in self.videos.get_many(a, page))

    def _uploaded(self) -> Iterator[Video]:
        after: str | None = None
        while True:
            page, after = self.all_videos.page(after, PAGE)
            yield from (video for video in page if video.status is UploadStatus.UPLOADED)
            if after is None:
                return
