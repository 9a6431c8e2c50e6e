"""The ports of the backfill of lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cinedex.library.domain.collection import Collection
from cinedex.library.domain.list_backfill import ListBackfill
from cinedex.library.domain.video import Video


@dataclass(frozen=True)
class UnlistedPage:
    """Items of any account; `next_cursor` is None at the end."""

    videos: Sequence[Video]
    collections: Sequence[Collection]
    next_cursor: str | None


class ListBackfillStore(Protocol):
    def read(self) -> ListBackfill:
        """The initial state if there is none."""

    def save(self, state: ListBackfill) -> ListBackfill:
        """Raises `StaleRevision` if another process was faster."""

    def page(self, cursor: str | None) -> UnlistedPage:
        """Reads a part of the whole table, once in the life of a deployment."""


class VideoLister(Protocol):
    def enter(self, video: Video) -> None:
        """Enter a stored video into the lists, unless it is in them. Safe to repeat."""


class CollectionLister(Protocol):
    def enter(self, collection: Collection) -> None:
        """Reserve the name of a stored collection, unless another one has it. Safe to repeat."""
