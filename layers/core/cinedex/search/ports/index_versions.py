"""Search indexes side by side: one that is read, and one that is filled to take its place."""

from __future__ import annotations

from typing import Protocol

from cinedex.search.domain.index.reindexing import IndexVersions
from cinedex.search.ports.segment_index import SegmentIndex


class IndexVersionStore(Protocol):
    """Whoever writes into the `SegmentIndex` of the same store writes into both while there is a next one.

    Every method raises `Unavailable` when the store cannot be reached.
    """

    def versions(self) -> IndexVersions: ...

    def beside(self) -> SegmentIndex:
        """Writes into the next index only; it is made when there is none yet."""

    def swap(self) -> None:
        """The next index is read from now on, in one step; raises `StateConflict` when there is none."""

    def drop_next(self) -> None:
        """Give up the next index; no error when there is none."""

    def drop_old(self) -> None:
        """Remove what nobody reads any more."""
