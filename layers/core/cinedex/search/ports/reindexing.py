"""Ports of reindexing: its stored progress, and the videos of all accounts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cinedex.library.domain.video import Video
from cinedex.search.domain.index.reindexing import Reindexing


class ReindexingRepository(Protocol):
    def find(self) -> Reindexing | None:
        """The only reindexing, or None."""

    def save(self, reindexing: Reindexing) -> Reindexing:
        """Replaces the revision that was read and returns the next one; raises `StaleRevision`."""

    def remove(self) -> None: ...


class AllVideos(Protocol):
    def page(self, after: str | None, limit: int) -> tuple[Sequence[Video], str | None]:
        """About `limit` videos of any account after the cursor, and the next cursor; None at the end.

        In no particular order. Videos that are added in the meantime may be missing.
        """
