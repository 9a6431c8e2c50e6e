"""Where the state of a backfill is kept, and how it comes by the videos of all accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cinedex.library.domain.video import Video
from cinedex.search.domain.index.reindexing import Reindexing


class ReindexingRepository(Protocol):
    def find(self) -> Reindexing | None:
        """There is at most one."""

    def save(self, backfill: Reindexing) -> Reindexing:
        """Store over the revision that was read and return the next one; raises `StaleRevision`."""

    def remove(self) -> None: ...


class AllVideos(Protocol):
    def page(self, after: str | None, limit: int) -> tuple[Sequence[Video], str | None]:
        """About `limit` videos of any account behind the cursor, and the cursor behind them; None at the end.

        In no order that means anything. What is added meanwhile may be left out.
        """
