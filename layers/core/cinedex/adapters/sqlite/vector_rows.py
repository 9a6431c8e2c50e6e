"""The vectors of one account and model in memory: exact, or as codes when there are many."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

CHUNK_ROWS = 32_768
BITS = 64
PLACE = np.dtype([("segment", "<i8"), ("modality", "i1"), ("start_s", "<f8"), ("end_s", "<f8")])
"""`writing.ROW`, for NumPy."""
ROW = np.dtype(
    [*((name, PLACE[name]) for name in PLACE.names or ()), ("video", "<i4"), ("block", "<i8"), ("offset", "<i4")]
)
"""A row also has its video, and its place in the file: the block and the number in it."""
SCALE = np.float32(127.0)


def exact_row_bytes(dimension: int) -> int:
    return 4 * dimension + ROW.itemsize + 1


def coded_row_bytes(dimension: int) -> int:
    """A bit for each dimension, and one byte for it."""
    return 8 * words_of(dimension) + dimension + 4 + ROW.itemsize + 1


def words_of(dimension: int) -> int:
    return -(-dimension // BITS)


@dataclass
class VectorChunk:
    """Adjacent rows. `vectors` are exact; or `bits` and `small` are codes of them and `vectors` is None.

    `bits` are the signs of the distances to the mean vector. `small` times `scales` is the vector in eight bits.
    """

    rows: NDArray[np.void]
    alive: NDArray[np.bool_]
    vectors: NDArray[np.float32] | None
    bits: NDArray[np.uint64] | None = None
    small: NDArray[np.int8] | None = None
    scales: NDArray[np.float32] | None = None

    def encode(self, mean: NDArray[np.float32]) -> None:
        if self.vectors is None:
            return
        self.bits = bits_of(self.vectors, mean)
        largest = np.maximum(np.abs(self.vectors).max(axis=1), np.float32(1e-9))
        self.scales = (largest / SCALE).astype(np.float32)
        self.small = np.rint(self.vectors / self.scales[:, None]).astype(np.int8)
        self.vectors = None

    def cosines(self, query: NDArray[np.float32], rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """To the query; of codes, with an error of about 0.002. Most rows are compared without a copy of them."""
        if self.vectors is not None:
            is_most = 2 * len(rows) >= len(self.vectors)
            return np.asarray((self.vectors @ query)[rows] if is_most else self.vectors[rows] @ query)
        assert self.small is not None
        assert self.scales is not None
        return np.asarray((self.small[rows].astype(np.float32) @ query) * self.scales[rows])

    def distances(self, query_bits: NDArray[np.uint64]) -> NDArray[np.uint16]:
        """The number of different bits; of exact vectors none."""
        if self.bits is None:
            return np.zeros(len(self.rows), np.uint16)
        total: NDArray[np.uint16] = np.bitwise_count(self.bits[0] ^ query_bits[0]).astype(np.uint16)
        for word in range(1, len(self.bits)):
            total += np.bitwise_count(self.bits[word] ^ query_bits[word])
        return total


def bits_of(vectors: NDArray[np.float32], mean: NDArray[np.float32]) -> NDArray[np.uint64]:
    """One array for each 64 dimensions, so that a search reads memory in order."""
    signs = np.packbits(vectors > mean, axis=1)
    padded = np.zeros((len(vectors), words_of(vectors.shape[1]) * 8), np.uint8)
    padded[:, : signs.shape[1]] = signs
    return np.ascontiguousarray(padded.view(np.uint64).T)


@dataclass
class VectorRows:
    """Rows are only appended; those of replaced videos are not alive any more. The caller holds a lock.

    `last_block`, `last_removed` and `change` are the state of the file that the rows have.
    """

    dimension: int
    is_coded: bool
    chunks: list[VectorChunk] = field(default_factory=list)
    mean: NDArray[np.float32] | None = None
    last_block: int = 0
    last_removed: int = 0
    change: int = 0
    _pending: list[tuple[NDArray[np.void], NDArray[np.float16]]] = field(default_factory=list)
    _pending_rows: int = 0

    @property
    def count(self) -> int:
        return sum(len(chunk.rows) for chunk in self.chunks)

    @property
    def bytes_used(self) -> int:
        each = coded_row_bytes(self.dimension) if self.is_coded else exact_row_bytes(self.dimension)
        return self.count * each

    @property
    def dead_share(self) -> float:
        dead = sum(int((~chunk.alive).sum()) for chunk in self.chunks)
        return dead / self.count if dead else 0.0

    def append(self, block: int, video: int, packed_places: bytes, packed_halves: bytes) -> None:
        places = np.frombuffer(packed_places, PLACE)
        rows = np.empty(len(places), ROW)
        for name in PLACE.names or ():
            rows[name] = places[name]
        rows["video"], rows["block"], rows["offset"] = video, block, np.arange(len(places))
        self._pending.append((rows, np.frombuffer(packed_halves, "<f2").reshape(len(places), -1)))
        self._pending_rows += len(places)
        self.last_block = block
        if self._pending_rows >= CHUNK_ROWS:
            self.flush()

    def flush(self) -> None:
        """A chunk of the appended rows. Small chunks are merged with each other."""
        if not self._pending:
            return
        rows = np.concatenate([rows for rows, _ in self._pending])
        vectors = np.concatenate([halves for _, halves in self._pending]).astype(np.float32)
        self._pending, self._pending_rows = [], 0
        chunk = VectorChunk(rows, np.ones(len(rows), bool), vectors)
        if self.mean is None:
            self.mean = vectors.mean(axis=0)
        if self.is_coded:
            chunk.encode(self.mean)
        self.chunks.append(chunk)
        self._merge_small()

    def remove(self, blocks: list[int]) -> None:
        for chunk in self.chunks:
            chunk.alive &= ~np.isin(chunk.rows["block"], blocks)

    def encode(self) -> None:
        """From now on with codes instead of vectors."""
        self.is_coded = True
        for chunk in self.chunks:
            if self.mean is not None:
                chunk.encode(self.mean)

    def _merge_small(self) -> None:
        """The last chunks, like the digits of a counter, so that there are few chunks and few copies."""
        while len(self.chunks) > 1 and len(self.chunks[-2].rows) < min(CHUNK_ROWS, 2 * len(self.chunks[-1].rows)):
            last, before = self.chunks.pop(), self.chunks.pop()
            self.chunks.append(_joined(before, last))


def _joined(one: VectorChunk, other: VectorChunk) -> VectorChunk:
    rows, alive = np.concatenate([one.rows, other.rows]), np.concatenate([one.alive, other.alive])
    if one.vectors is not None and other.vectors is not None:
        return VectorChunk(rows, alive, np.concatenate([one.vectors, other.vectors]))
    assert one.bits is not None
    assert other.bits is not None
    assert one.small is not None
    assert other.small is not None
    assert one.scales is not None
    assert other.scales is not None
    return VectorChunk(
        rows,
        alive,
        None,
        np.concatenate([one.bits, other.bits], axis=1),
        np.concatenate([one.small, other.small]),
        np.concatenate([one.scales, other.scales]),
    )
