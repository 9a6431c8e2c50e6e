"""The vectors of one account and model in memory: as in the file, or as codes when there are very many."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

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
ROWS_AT_ONCE = 256
"""Rows that are converted together, so that they stay in the cache of the processor."""
MEAN_GROWTH = 4
"""The mean vector is computed again when there are so many times as many rows."""
EXPONENT_DIFFERENCE = np.float32(2.0**112)
"""Between the biases of the exponents of a half-precision and of a single-precision number."""


def exact_row_bytes(dimension: int) -> int:
    """A bit for each dimension, and two bytes for it."""
    return 8 * words_of(dimension) + 2 * dimension + ROW.itemsize + _MASK_BYTES


def coded_row_bytes(dimension: int) -> int:
    """A bit for each dimension, and one byte for it."""
    return 8 * words_of(dimension) + dimension + 4 + ROW.itemsize + _MASK_BYTES


_MASK_BYTES = 6
"""`alive`, and copies of the video and the modality, which a search reads for every row."""


def words_of(dimension: int) -> int:
    return -(-dimension // BITS)


@dataclass
class VectorChunk:
    """Adjacent rows. `bits` are the signs of the distances to the mean vector.

    `vectors` are those of the file, in half precision; or None, and `small` times `scales` are they in eight bits.
    """

    rows: NDArray[np.void]
    alive: NDArray[np.bool_]
    bits: NDArray[np.uint64]
    vectors: NDArray[np.float16] | None
    small: NDArray[np.int8] | None = None
    scales: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        self.videos = np.ascontiguousarray(self.rows["video"])
        self.modalities = np.ascontiguousarray(self.rows["modality"])

    def encode(self) -> None:
        if self.vectors is None:
            return
        vectors = self.vectors.astype(np.float32)
        largest = np.maximum(np.abs(vectors).max(axis=1), np.float32(1e-9))
        self.scales = (largest / SCALE).astype(np.float32)
        self.small = np.rint(vectors / self.scales[:, None]).astype(np.int8)
        self.vectors = None

    def cosines(self, query: NDArray[np.float32], rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """To the query; of codes, with an error of about 0.002."""
        cosines = np.empty(len(rows), np.float32)
        for start in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[start : start + ROWS_AT_ONCE]
            cosines[start : start + ROWS_AT_ONCE] = self._cosines(query, some)
        return cosines

    def _cosines(self, query: NDArray[np.float32], rows: NDArray[np.intp]) -> NDArray[np.float32]:
        if self.vectors is not None:
            return np.asarray(_scaled(self.vectors[rows]) @ (query * EXPONENT_DIFFERENCE))
        assert self.small is not None
        assert self.scales is not None
        return np.asarray((self.small[rows].astype(np.float32) @ query) * self.scales[rows])

    def distances(self, query_bits: NDArray[np.uint64]) -> NDArray[np.uint16]:
        """The number of different bits."""
        total: NDArray[np.uint16] = np.bitwise_count(self.bits[0] ^ query_bits[0]).astype(np.uint16)
        for word in range(1, len(self.bits)):
            total += np.bitwise_count(self.bits[word] ^ query_bits[word])
        return total


def _scaled(halves: NDArray[np.float16]) -> NDArray[np.float32]:
    """Exactly the same numbers, divided by `EXPONENT_DIFFERENCE`.

    NumPy converts one number at a time. Their bits moved to the places of a single-precision number, also those of
    numbers that are not normalized, take a third of the time.
    """
    wide = halves.view(np.uint16).astype(np.uint32)
    signs = wide & np.uint32(0x8000)
    wide &= np.uint32(0x7FFF)
    wide <<= np.uint32(13)
    signs <<= np.uint32(16)
    wide |= signs
    return wide.view(np.float32)


def bits_of(vectors: NDArray[np.floating[Any]], mean: NDArray[np.float32]) -> NDArray[np.uint64]:
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
    _rows_of_mean: int = 0

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
        vectors = np.concatenate([halves for _, halves in self._pending])
        self._pending, self._pending_rows = [], 0
        if self.mean is None:
            self.mean, self._rows_of_mean = vectors.mean(axis=0, dtype=np.float32), len(vectors)
        chunk = VectorChunk(rows, np.ones(len(rows), bool), bits_of(vectors, self.mean), vectors)
        if self.is_coded:
            chunk.encode()
        self.chunks.append(chunk)
        self._merge_small()
        if self.count >= MEAN_GROWTH * self._rows_of_mean:
            self._update_mean()

    def remove(self, blocks: list[int]) -> None:
        for chunk in self.chunks:
            chunk.alive &= ~np.isin(chunk.rows["block"], blocks)

    def encode(self) -> None:
        """From now on with codes instead of vectors."""
        self.is_coded = True
        for chunk in self.chunks:
            chunk.encode()

    def _update_mean(self) -> None:
        """The bits of a library that grew would be those of its first videos; codes keep theirs."""
        vectors = [chunk.vectors for chunk in self.chunks if chunk.vectors is not None]
        if len(vectors) < len(self.chunks):
            return
        self._rows_of_mean = self.count
        self.mean = np.sum([v.sum(axis=0, dtype=np.float32) for v in vectors], axis=0) / np.float32(self.count)
        for chunk, its_vectors in zip(self.chunks, vectors, strict=True):
            chunk.bits = bits_of(its_vectors, self.mean)

    def _merge_small(self) -> None:
        """The last chunks, like the digits of a counter, so that there are few chunks and few copies."""
        while len(self.chunks) > 1 and len(self.chunks[-2].rows) < min(CHUNK_ROWS, 2 * len(self.chunks[-1].rows)):
            last, before = self.chunks.pop(), self.chunks.pop()
            self.chunks.append(_joined(before, last))


def _joined(one: VectorChunk, other: VectorChunk) -> VectorChunk:
    rows, alive = np.concatenate([one.rows, other.rows]), np.concatenate([one.alive, other.alive])
    bits = np.concatenate([one.bits, other.bits], axis=1)
    if one.vectors is not None and other.vectors is not None:
        return VectorChunk(rows, alive, bits, np.concatenate([one.vectors, other.vectors]))
    assert one.small is not None
    assert other.small is not None
    assert one.scales is not None
    assert other.scales is not None
    small, scales = np.concatenate([one.small, other.small]), np.concatenate([one.scales, other.scales])
    return VectorChunk(rows, alive, bits, None, small, scales)
