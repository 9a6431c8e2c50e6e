"""Cache vectors in a few large matrices instead of one per video, so that a search is a few matrix products."""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

MATRIX_ROWS = 16_384
ROW = np.dtype([("segment", "<i8"), ("modality", "i1"), ("start_s", "<f8"), ("end_s", "<f8")])
"""`writing.ROW`, for NumPy."""

Packed = tuple[int, bytes, bytes]
"""A block as it is stored: id, rows, and vectors in half precision."""


@dataclass(frozen=True)
class MatrixRows:
    """Adjacent rows of a matrix, with the blocks that they are from."""

    matrix: NDArray[np.float32]
    locations: NDArray[np.void]
    blocks: tuple[int, ...]
    counts: tuple[int, ...]


@dataclass(eq=False)
class VectorMatrix:
    """The vectors of several blocks. Rows are only appended, so existing rows can be read without a lock."""

    matrix: NDArray[np.float32]
    locations: NDArray[np.void]
    used: int = 0
    blocks: dict[int, slice] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: int, dimension: int) -> VectorMatrix:
        """The system allocates the memory when rows are written."""
        return cls(np.empty((rows, dimension), np.float32), np.empty(rows, ROW))

    @property
    def bytes_used(self) -> int:
        return self.used * (int(self.matrix.shape[1]) * self.matrix.itemsize + ROW.itemsize)

    def has_space(self, rows: int, dimension: int) -> bool:
        return self.matrix.shape[1] == dimension and self.used + rows <= len(self.matrix)

    def add(self, block: int, locations: NDArray[np.void], halves: NDArray[np.float16]) -> None:
        at = slice(self.used, self.used + len(locations))
        self.matrix[at], self.locations[at] = halves, locations
        self.used, self.blocks[block] = at.stop, at

    def rows_of(self, requested: Collection[int]) -> Iterator[MatrixRows]:
        """The rows of the requested blocks, in as few slices as possible."""
        if len(requested) == len(self.blocks):
            yield self._slice(list(self.blocks))
            return
        run: list[int] = []
        for block in sorted(requested, key=lambda b: self.blocks[b].start):
            if run and self.blocks[run[-1]].stop != self.blocks[block].start:
                yield self._slice(run)
                run = []
            run.append(block)
        if run:
            yield self._slice(run)

    def _slice(self, run: Sequence[int]) -> MatrixRows:
        ranges = [self.blocks[block] for block in run]
        at = slice(ranges[0].start, ranges[-1].stop)
        return MatrixRows(self.matrix[at], self.locations[at], tuple(run), tuple(r.stop - r.start for r in ranges))


class VectorBlockCache:
    """Blocks in matrices, up to `bytes_max`; the caller holds a lock.

    Blocks are immutable: a write creates a new block with a new id, in every process, so cached blocks are never stale.
    Unused blocks of rewritten videos are evicted with their matrix, the least recently used one first.
    """

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._matrices: OrderedDict[VectorMatrix, None] = OrderedDict()
        self._matrix_of: dict[int, VectorMatrix] = {}

    @property
    def bytes_used(self) -> int:
        return sum(matrix.bytes_used for matrix in self._matrices)

    def cached(self, ids: Sequence[int]) -> tuple[list[MatrixRows], list[int]]:
        """The rows in the cache, and the ids of the blocks that are not."""
        by_matrix: dict[VectorMatrix, list[int]] = {}
        missing: list[int] = []
        for block in ids:
            if matrix := self._matrix_of.get(block):
                by_matrix.setdefault(matrix, []).append(block)
            else:
                missing.append(block)
        for matrix in by_matrix:
            self._matrices.move_to_end(matrix)
        return [rows for matrix, blocks in by_matrix.items() for rows in matrix.rows_of(blocks)], missing

    def load(self, packed: sqlite3.Cursor, in_use: Sequence[MatrixRows]) -> Iterator[MatrixRows]:
        """The rows of blocks from the file, one matrix at a time; cached while there is space.

        Rows that the same search has `in_use` are not evicted for its other rows. Otherwise a search that is larger
        than the cache would find nothing cached the next time.
        """
        protected = {self._matrix_of[block] for rows in in_use for block in rows.blocks}
        for matrix, blocks in self._filled(packed):
            yield from matrix.rows_of(blocks)
            if self._evict_others(protected | {matrix}):
                self._matrices[matrix] = None
                self._matrix_of.update(dict.fromkeys(blocks, matrix))
                protected.add(matrix)
            elif matrix in self._matrices:
                self._evict(matrix)

    def _filled(self, packed: Iterable[Packed]) -> Iterator[tuple[VectorMatrix, list[int]]]:
        matrix, added = next(reversed(self._matrices), None), list[int]()
        for block, location_bytes, half_bytes in packed:
            locations = np.frombuffer(location_bytes, ROW)
            halves = np.frombuffer(half_bytes, "<f2").reshape(len(locations), -1)
            if matrix is None or not matrix.has_space(*halves.shape):
                if matrix and added:
                    yield matrix, added
                matrix, added = VectorMatrix.of(max(MATRIX_ROWS, len(locations)), halves.shape[1]), []
            matrix.add(block, locations, halves)
            added.append(block)
        if matrix and added:
            yield matrix, added

    def _evict_others(self, protected: set[VectorMatrix]) -> bool:
        for matrix in list(self._matrices):
            if self._needed(protected) <= self._bytes_max:
                break
            if matrix not in protected:
                self._evict(matrix)
        return self._needed(protected) <= self._bytes_max

    def _needed(self, protected: set[VectorMatrix]) -> int:
        return sum(matrix.bytes_used for matrix in {*self._matrices, *protected})

    def _evict(self, matrix: VectorMatrix) -> None:
        del self._matrices[matrix]
        for block in matrix.blocks:
            self._matrix_of.pop(block, None)
