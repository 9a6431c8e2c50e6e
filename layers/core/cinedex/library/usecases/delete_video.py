"""Delete a video and everything that any store holds of it, also while it is being analysed."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import CinedexError, Failures, Unavailable
from cinedex.kernel.log_fields import log_fields
from cinedex.library.domain.object_keys import is_drop_key
from cinedex.library.domain.pending_deletion import PendingDeletion
from cinedex.library.domain.video import UploadStatus
from cinedex.library.ports.media_store import MediaStore
from cinedex.library.ports.pending_deletions import PendingDeletions
from cinedex.library.ports.repositories import VideoRepository
from cinedex.library.ports.video_events import VideoEraser

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ErasePendingVideo:
    """Safe to repeat. Deletes the record first, so that results which arrive later are discarded.

    A dropped file may be sent again under the same key after its video was deleted: when a deletion `is_repeated`, a
    newer file stays.
    """

    videos: VideoRepository
    store: MediaStore
    erasers: Sequence[VideoEraser]

    def __call__(self, deletion: PendingDeletion, *, is_repeated: bool = False) -> bool:
        """True when work on the video was in progress, so that a late result may still arrive."""
        account_id, video_id = deletion.account_id, deletion.video_id
        self.videos.delete(account_id, video_id)
        interrupted = [eraser.erase(account_id, video_id) for eraser in self.erasers]
        if deletion.media_key and not (is_repeated and self._is_another_file(deletion)):
            self.store.delete(deletion.media_key)
        return any(interrupted)

    def _is_another_file(self, deletion: PendingDeletion) -> bool:
        """S3 rounds the time of a file down to a second."""
        if not is_drop_key(deletion.media_key):
            return False
        modified_at = self.store.modified_at(deletion.media_key)
        return modified_at is not None and modified_at >= deletion.asked_at.replace(microsecond=0)


@dataclass(frozen=True)
class DeleteVideo:
    """Records the deletion before it starts, so that the next sweep completes one that was interrupted.

    A file in a bucket of the user, which was read in place, stays.
    """

    videos: VideoRepository
    pending_deletions: PendingDeletions
    erase: ErasePendingVideo
    clock: Clock

    def __call__(self, account_id: str, video_id: str) -> None:
        """Raises `NotFound`."""
        video = self.videos.get(account_id, video_id)
        own_key = video.media.key if video.media.bucket == self.erase.store.bucket else ""
        deletion = PendingDeletion(
            account_id=account_id, video_id=video_id, media_key=own_key, asked_at=self.clock.now()
        )
        self.pending_deletions.add(deletion)
        try:
            interrupted = self.erase(deletion)
        except Unavailable as error:
            if self.videos.get_many(account_id, [video_id]):
                raise
            logger.warning("a store failed, the next sweep completes the deletion", extra=log_fields(error))
            return  # clients no longer see the video; the next sweep erases the rest
        if not interrupted and video.status is not UploadStatus.UPLOADING:
            self.pending_deletions.remove(deletion)


@dataclass(frozen=True)
class SweepDeletions:
    """Erases videos that were deleted during an upload or an analysis again, until no late result can arrive.

    First those that are over, because they end; within each kind in random order, so that some that fail slowly do not
    take all the time of every run.
    """

    pending_deletions: PendingDeletions
    erase: ErasePendingVideo
    clock: Clock
    now_s: Callable[[], float] = time.monotonic
    failures: Failures = (CinedexError,)

    def __call__(self, seconds_max: float) -> int:
        """The number of deletions that are still pending."""
        deadline, deletions = self.now_s() + seconds_max, self.pending_deletions.list()
        shuffled = random.sample(deletions, len(deletions))
        ended = 0
        for deletion in sorted(shuffled, key=lambda one: not one.is_over(self.clock.now())):
            if self.now_s() >= deadline:
                break
            ended += self._is_ended(deletion)
        return len(deletions) - ended

    def _is_ended(self, deletion: PendingDeletion) -> bool:
        """False for a deletion that fails, which the next sweep repeats."""
        try:
            self.erase(deletion, is_repeated=True)
            if deletion.is_over(self.clock.now()):
                self.pending_deletions.remove(deletion)
                return True
        except self.failures as error:
            keys = {"account_id": deletion.account_id, "video_id": deletion.video_id}
            logger.warning("the next sweep completes a deletion", extra=log_fields(error) | keys)
        return False
