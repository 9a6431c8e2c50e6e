"""The port for index versions: a live index, and a next one that is filled to replace it."""

from __future__ import annotations

from typing import Protocol

from cinedex.search.domain.index.reindexing import IndexVersions
from cinedex.search.ports.segment_index import SegmentIndex


class IndexVersionStore(Protocol):
    """While a next index exists, the `SegmentIndex` of the same store writes to both.

    Every method raises `Unavailable` when the store cannot be reached.
    """

    def versions(self) -> IndexVersions: ...

    def next_index(self) -> SegmentIndex:
        """Writes to the next index only; creates it when there is none."""

    def swap(self) -> None:
        """Makes the next index live, atomically. Raises `StateConflict` when there is none."""

    def drop_next(self) -> None:
        """Deletes the next index; no error when there is none."""

    def drop_old(self) -> None:
        """Deletes the unused indexes."""
