"""Enter the videos and collections of versions without lists into the lists."""

from __future__ import annotations

import time
from dataclasses import dataclass

from cinedex.library.domain.list_backfill import ListBackfill
from cinedex.library.ports.list_backfill import CollectionLister, ListBackfillStore, VideoLister


@dataclass(frozen=True)
class FillLists:
    """Stores its position after each page, so that it can be interrupted and repeated."""

    backfill: ListBackfillStore
    videos: VideoLister
    collections: CollectionLister

    def __call__(self, seconds_max: float) -> ListBackfill:
        """Continues for about `seconds_max`; a backfill that is done reads one item."""
        deadline = time.monotonic() + seconds_max
        state = self.backfill.read()
        while not state.is_done and time.monotonic() < deadline:
            state = self.backfill.save(self._step(state))
        return state

    def _step(self, state: ListBackfill) -> ListBackfill:
        page = self.backfill.page(state.cursor)
        for video in page.videos:
            self.videos.enter(video)
        for collection in page.collections:
            self.collections.enter(collection)
        progress = {
            "cursor": page.next_cursor,
            "is_done": page.next_cursor is None,
            "videos": state.videos + len(page.videos),
            "collections": state.collections + len(page.collections),
        }
        return state.model_copy(update=progress)
