"""Bring the fields of changed videos into the search index: at once if possible, else on a schedule."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from pydantic import ValidationError

from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import CinedexError, StoreUnavailable
from cinedex.kernel.ids import new_id
from cinedex.kernel.log_fields import log_fields
from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import VideoRepository
from cinedex.search.domain.index.index_update import IndexUpdate
from cinedex.search.domain.index.indexed_video import IndexedVideo
from cinedex.search.ports.index_updates import IndexUpdates
from cinedex.search.usecases.indexing.index_video import IndexVideo

logger = logging.getLogger(__name__)

UNKNOWN_MAX = 200
CHANGE_TAKES_MAX = timedelta(minutes=1)
"""Time in which a change that has stored its update also stores the video."""


def changes_index(before: Video, after: Video) -> bool:
    """True when fields change by which searches filter. A video without a plan was never indexed."""
    is_indexed = before.plan_key is not None or after.plan_key is not None
    return is_indexed and not IndexedVideo.of(before).has_fields_of(IndexedVideo.of(after))


@dataclass(frozen=True)
class RefreshFields:
    """Safe to repeat and to run out of order: the index keeps the fields of the higher revision."""

    index_video: IndexVideo

    def __call__(self, video: Video) -> None:
        """Raises `Unavailable`."""
        if not self.index_video.index.set_fields(IndexedVideo.of(video)):
            self.index_video.publish(video)


@dataclass(frozen=True)
class TrackChanges:
    """Stores an index update before a change of the fields, and removes it when the index has the change.

    An update stays for `RunIndexUpdates` when its process has ended, when a store did not answer, or when the change
    was refused: of a change whose reply was lost, a repeated write says that another writer was faster.
    """

    updates: IndexUpdates
    refresh: RefreshFields
    clock: Clock

    def __call__(self, after: Video, save: Callable[[Video], Video]) -> Video:
        """Stores `after`, which `changes_index`, with `save`."""
        update = IndexUpdate(
            update_id=new_id(), account_id=after.account_id, video_id=after.video_id, requested_at=self.clock.now()
        )
        self.updates.add(update)
        stored = save(after)
        try:
            self.refresh(stored)
        except CinedexError as error:
            logger.warning("the search index is updated later", extra=log_fields(error) | {"video_id": after.video_id})
            self._add_again(update)
        else:
            self.updates.remove(update)
        return stored

    def _add_again(self, update: IndexUpdate) -> None:
        """A change that took long may have been refreshed before it was stored, and its update removed."""
        try:
            self.updates.add(update)
        except CinedexError as error:
            logger.warning("an index update may be missing", extra=log_fields(error) | {"video_id": update.video_id})


@dataclass(frozen=True)
class RunIndexUpdates:
    """Runs every minute: pending updates, then videos whose fields an earlier version has not stored.

    Younger updates are left out, because their videos may not be stored yet.
    """

    updates: IndexUpdates
    videos: VideoRepository
    refresh: RefreshFields
    clock: Clock

    def __call__(self, seconds_max: float) -> int:
        """The number of videos that were brought up to date. A video that fails is tried again the next time.

        Raises `StoreUnavailable`; then the rest follows the next time, too.
        """
        deadline, done = self.clock.monotonic() + seconds_max, 0
        until = self.clock.now() - CHANGE_TAKES_MAX
        for update in (u for u in self.updates.list() if u.requested_at <= until):
            if self.clock.monotonic() > deadline:
                return done
            if self._is_refreshed(update.account_id, update.video_id):
                self.updates.remove(update)
                done += 1
        index = self.refresh.index_video.index
        while (unknown := index.unknown_videos(UNKNOWN_MAX)) and self.clock.monotonic() <= deadline:
            refreshed = sum(self._is_refreshed(account_id, video_id) for account_id, video_id in unknown)
            if not refreshed:
                return done
            done += refreshed
        return done

    def _is_refreshed(self, account_id: str, video_id: str) -> bool:
        """False for a video that fails or whose stored data cannot be read, which does not hold up the others."""
        index_video = self.refresh.index_video
        try:
            (stored,) = self.videos.get_many(account_id, [video_id]) or (None,)
            if stored is None:
                index_video.index.delete_video(account_id, video_id)
            else:
                self.refresh(stored)
        except StoreUnavailable:
            raise
        except (CinedexError, ValidationError) as error:
            keys = {"account_id": account_id, "video_id": video_id}
            logger.warning("the search index is updated later", extra=log_fields(error) | keys)
            return False
        return True
