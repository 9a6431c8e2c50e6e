"""Enter the videos and collections of versions without lists into the lists."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from cinedex.kernel.errors import CinedexError, Failures
from cinedex.kernel.log_fields import log_fields
from cinedex.library.domain.collection import Collection
from cinedex.library.domain.list_backfill import ListBackfill
from cinedex.library.domain.video import Video
from cinedex.library.ports.list_backfill import CollectionLister, ListBackfillStore, VideoLister

Item = TypeVar("Item", Video, Collection)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FillLists:
    """Stores its position after each page, so that it can be interrupted and repeated.

    A video that cannot be entered does not hold up the others: the next run reads the table again. Only a pass without
    failures ends the backfill, so that no list that lacks a video is taken for whole.
    """

    backfill: ListBackfillStore
    videos: VideoLister
    collections: CollectionLister
    failures: Failures = (CinedexError,)

    def __call__(self, seconds_max: float) -> ListBackfill:
        """Continues for about `seconds_max`; a backfill that is done reads one item."""
        deadline = time.monotonic() + seconds_max
        state = self.backfill.read()
        while not state.is_done and time.monotonic() < deadline:
            state = self.backfill.save(self._step(state))
            if state.cursor is None:
                break
        return state

    def _step(self, state: ListBackfill) -> ListBackfill:
        page = self.backfill.page(state.cursor)
        failed = 0 if state.cursor is None else state.failed
        failed += sum(not self._is_entered(self.videos.enter, v, video_id=v.video_id) for v in page.videos)
        failed += sum(
            not self._is_entered(self.collections.enter, c, collection_id=c.collection_id) for c in page.collections
        )
        progress = {
            "cursor": page.next_cursor,
            "is_done": page.next_cursor is None and not failed,
            "videos": state.videos + len(page.videos),
            "collections": state.collections + len(page.collections),
            "failed": failed,
        }
        return state.model_copy(update=progress)

    def _is_entered(self, enter: Callable[[Item], None], item: Item, **keys: str) -> bool:
        try:
            enter(item)
        except self.failures as error:
            extra = log_fields(error) | {"account_id": item.account_id} | keys
            logger.warning("an item is entered into the lists by a later run", extra=extra)
            return False
        return True
