"""Vectors in memory: a few large matrices instead of one for each video, so that a search is a few long products."""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

SLAB_ROWS = 16_384
PLACE = np.dtype([("segment", "<i8"), ("modality", "i1"), ("start_s", "<f8"), ("end_s", "<f8")])
"""`writing.PLACE`, for NumPy."""

Packed = tuple[int, bytes, bytes]
"""A block as the file holds it: id, places, and vectors in half precision."""


@dataclass(frozen=True)
class Rows:
    """Some vectors that lie side by side, with the block each is of."""

    matrix: NDArray[np.float32]
    places: NDArray[np.void]
    blocks: tuple[int, ...]
    counts: tuple[int, ...]


@dataclass(eq=False)
class VectorBlock:
    """Grows at its end and nowhere else, so whoever looks at rows that are there needs no lock."""

    matrix: NDArray[np.float32]
    places: NDArray[np.void]
    used: int = 0
    blocks: dict[int, slice] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: int, dimension: int) -> VectorBlock:
        """Memory is taken by the system as rows are written, not here."""
        return cls(np.empty((rows, dimension), np.float32), np.empty(rows, PLACE))

    @property
    def bytes_used(self) -> int:
        return self.used * (int(self.matrix.shape[1]) * self.matrix.itemsize + PLACE.itemsize)

    def has_room(self, rows: int, dimension: int) -> bool:
        return self.matrix.shape[1] == dimension and self.used + rows <= len(self.matrix)

    def add(self, block: int, places: NDArray[np.void], halves: NDArray[np.float16]) -> None:
        at = slice(self.used, self.used + len(places))
        self.matrix[at], self.places[at] = halves, places
        self.used, self.blocks[block] = at.stop, at

    def rows_of(self, wanted: Collection[int]) -> Iterator[Rows]:
        """As few stretches as there can be."""
        if len(wanted) == len(self.blocks):
            yield self._stretch(list(self.blocks))
            return
        run: list[int] = []
        for block in sorted(wanted, key=lambda b: self.blocks[b].start):
            if run and self.blocks[run[-1]].stop != self.blocks[block].start:
                yield self._stretch(run)
                run = []
            run.append(block)
        if run:
            yield self._stretch(run)

    def _stretch(self, run: Sequence[int]) -> Rows:
        ranges = [self.blocks[block] for block in run]
        at = slice(ranges[0].start, ranges[-1].stop)
        return Rows(self.matrix[at], self.places[at], tuple(run), tuple(r.stop - r.start for r in ranges))


class VectorBlockCache:
    """Blocks in slabs, up to `bytes_max`; the caller holds a lock.

    A block never changes: writing a video makes a new one with an id that was never used, in whatever process,
    so nothing kept is ever stale. What a rewritten video leaves behind goes with its slab, the one that was
    not asked for the longest.
    """

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._slabs: OrderedDict[VectorBlock, None] = OrderedDict()
        self._slab_of: dict[int, VectorBlock] = {}

    @property
    def bytes_used(self) -> int:
        return sum(slab.bytes_used for slab in self._slabs)

    def kept(self, ids: Sequence[int]) -> tuple[list[Rows], list[int]]:
        """The rows that are here, and the blocks that are not."""
        wanted: dict[VectorBlock, list[int]] = {}
        missing: list[int] = []
        for block in ids:
            if slab := self._slab_of.get(block):
                wanted.setdefault(slab, []).append(block)
            else:
                missing.append(block)
        for slab in wanted:
            self._slabs.move_to_end(slab)
        return [rows for slab, blocks in wanted.items() for rows in slab.rows_of(blocks)], missing

    def load(self, packed: sqlite3.Cursor, in_use: Sequence[Rows]) -> Iterator[Rows]:
        """The rows of blocks from the file, a slab at a time; kept while there is room.

        What the same question has `in_use` is not given up for the rest of it: else a question that is larger
        than memory would find nothing kept at the next time.
        """
        protected = {self._slab_of[block] for rows in in_use for block in rows.blocks}
        for slab, blocks in self._filled(packed):
            yield from slab.rows_of(blocks)
            if self._make_room(protected | {slab}):
                self._slabs[slab] = None
                self._slab_of.update(dict.fromkeys(blocks, slab))
                protected.add(slab)
            elif slab in self._slabs:
                self._drop(slab)

    def _filled(self, packed: Iterable[Packed]) -> Iterator[tuple[VectorBlock, list[int]]]:
        slab, added = next(reversed(self._slabs), None), list[int]()
        for block, place_bytes, half_bytes in packed:
            places = np.frombuffer(place_bytes, PLACE)
            halves = np.frombuffer(half_bytes, "<f2").reshape(len(places), -1)
            if slab is None or not slab.has_room(*halves.shape):
                if slab and added:
                    yield slab, added
                slab, added = VectorBlock.of(max(SLAB_ROWS, len(places)), halves.shape[1]), []
            slab.add(block, places, halves)
            added.append(block)
        if slab and added:
            yield slab, added

    def _make_room(self, protected: set[VectorBlock]) -> bool:
        for slab in list(self._slabs):
            if self._needed(protected) <= self._bytes_max:
                break
            if slab not in protected:
                self._drop(slab)
        return self._needed(protected) <= self._bytes_max

    def _needed(self, protected: set[VectorBlock]) -> int:
        return sum(slab.bytes_used for slab in {*self._slabs, *protected})

    def _drop(self, slab: VectorBlock) -> None:
        del self._slabs[slab]
        for block in slab.blocks:
            self._slab_of.pop(block, None)
