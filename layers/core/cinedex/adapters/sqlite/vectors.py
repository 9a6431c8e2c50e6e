"""Nearest-neighbour search over the vectors of an account: exact, or over codes with exact rescoring."""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cinedex.adapters.sqlite.filtering import FilterSql
from cinedex.adapters.sqlite.vector_cache import VectorCache
from cinedex.adapters.sqlite.vector_rows import VectorChunk, VectorRows, bits_of
from cinedex.adapters.sqlite.writing import MODALITY_CODES
from cinedex.search.domain.index.segment_document import EMBEDDED, QueryVector, SegmentFilter
from cinedex.timeline.modality import Modality

FAR = np.uint16(np.iinfo(np.uint16).max)
DIGITS = 6
CANDIDATES_MIN = 16_384
"""Rows that are compared in eight bits, of those nearest by their bits."""
RESCORED_PER_HIT = 4
FILTERS_MAX = 16
_MODALITIES = tuple(Modality)
_READ = "SELECT substr(half_floats, ?, ?) FROM vector_block WHERE id = ?"


@dataclass(frozen=True)
class AdmittedVideos:
    """By the id of their row in the file; and the part of each to search when it is not the whole video."""

    is_admitted: NDArray[np.bool_]
    from_s: NDArray[np.float64] | None = None
    until_s: NDArray[np.float64] | None = None

    @classmethod
    def of(cls, rows: Sequence[tuple[float, ...]], has_parts: bool) -> AdmittedVideos:
        """The last place stands for all videos that are not listed."""
        table = np.array(rows, np.float64).reshape(len(rows), 3 if has_parts else 1)
        ids = table[:, 0].astype(np.int64)
        size = int(ids.max(initial=0)) + 2
        is_admitted = np.zeros(size, bool)
        is_admitted[ids] = True
        if not has_parts:
            return cls(is_admitted)
        from_s, until_s = np.zeros(size), np.zeros(size)
        from_s[ids], until_s[ids] = table[:, 1], table[:, 2]
        return cls(is_admitted, from_s, until_s)

    def admit(self, rows: NDArray[np.void]) -> NDArray[np.bool_]:
        videos = np.minimum(rows["video"], len(self.is_admitted) - 1)
        inside: NDArray[np.bool_] = self.is_admitted[videos]
        if self.from_s is None or self.until_s is None:
            return inside
        return inside & _overlapping(rows["start_s"], rows["end_s"], self.from_s[videos], self.until_s[videos])


@dataclass(frozen=True)
class Nearest:
    """Rows and their cosines; `is_exact` is False for those of codes."""

    rows: NDArray[np.void]
    cosines: NDArray[np.float32]
    is_exact: bool


class NearestVectors:
    """Recall is 1 with exact vectors; codes miss a few of a thousand. Returned cosines are always exact."""

    def __init__(self, bytes_max: int) -> None:
        self.cache = VectorCache(bytes_max)
        self._filters: OrderedDict[str, tuple[int, AdmittedVideos]] = OrderedDict()
        self._lock = threading.Lock()

    def nearest(
        self,
        connection: sqlite3.Connection,
        vector: QueryVector,
        within: SegmentFilter,
        condition: FilterSql,
        limit: int,
    ) -> dict[int, dict[Modality, float]]:
        """Segment ids with the cosine of each of their vectors, best first.

        Raises `SnapshotTooOld` when another search has read a later state of the file.
        """
        if not within.modalities:
            return {}
        query = np.asarray(vector.values, np.float32)
        with self.cache.rows(connection, (within.account_id, vector.model)) as (change, parts):
            admitted = self._admitted(connection, within, condition, change)
            found = [_nearest(part, query, admitted, within.modalities, limit) for part in parts if part.chunks]
        exact = [_rescored(connection, nearest, query) for nearest in found]
        return _hits(exact, limit) if exact else {}

    def _admitted(
        self, connection: sqlite3.Connection, within: SegmentFilter, condition: FilterSql, change: int
    ) -> AdmittedVideos:
        """The same filters return with every search, and the library changes less often."""
        key = within.model_dump_json()
        with self._lock:
            cached = self._filters.get(key)
        if cached is None or cached[0] != change:
            part = f", {condition.from_s}, {condition.until_s}" if condition.has_parts else ""
            statement = f"SELECT video.id{part} FROM video WHERE {condition.videos}"  # nosec B608 # values are bound
            rows = connection.execute(statement, condition.values).fetchall()
            cached = (change, AdmittedVideos.of(rows, condition.has_parts))
        with self._lock:
            self._filters[key] = cached
            self._filters.move_to_end(key)
            if len(self._filters) > FILTERS_MAX:
                self._filters.popitem(last=False)
        return cached[1]


def _nearest(
    part: VectorRows,
    query: NDArray[np.float32],
    admitted: AdmittedVideos,
    modalities: Sequence[Modality],
    limit: int,
) -> Nearest:
    masks = [_mask(chunk, admitted, modalities) for chunk in part.chunks]
    if part.is_coded and part.mean is not None:
        chosen = _nearest_by_bits(part.chunks, masks, bits_of(query[None, :], part.mean)[:, 0], limit)
        enough = RESCORED_PER_HIT * limit
    else:
        chosen = [np.flatnonzero(mask) for mask in masks]
        enough = len(EMBEDDED) * limit
    cosines = [chunk.cosines(query, rows) for chunk, rows in zip(part.chunks, chosen, strict=True)]
    best = _best(cosines, enough)
    rows, exact = [], []
    for chunk, mask, taken, kept in zip(part.chunks, masks, chosen, best, strict=True):
        with_siblings = _with_siblings(chunk, mask, taken[kept])
        rows.append(chunk.rows[with_siblings])
        exact.append(chunk.cosines(query, with_siblings))
    return Nearest(np.concatenate(rows), np.concatenate(exact), not part.is_coded)


def _mask(chunk: VectorChunk, admitted: AdmittedVideos, modalities: Sequence[Modality]) -> NDArray[np.bool_]:
    mask = chunk.alive & admitted.admit(chunk.rows)
    if len(modalities) < len(MODALITY_CODES):
        mask &= np.isin(chunk.rows["modality"], [MODALITY_CODES[m] for m in modalities])
    return mask


def _nearest_by_bits(
    chunks: Sequence[VectorChunk], masks: Sequence[NDArray[np.bool_]], query_bits: NDArray[np.uint64], limit: int
) -> list[NDArray[np.intp]]:
    """The rows up to the distance at which there are enough of them."""
    wanted = max(CANDIDATES_MIN, RESCORED_PER_HIT * limit)
    distances = []
    for chunk, mask in zip(chunks, masks, strict=True):
        distance = chunk.distances(query_bits)
        distance[~mask] = FAR
        distances.append(distance)
    longest = len(query_bits) * 64
    counts = sum(np.bincount(np.minimum(d, longest + 1), minlength=longest + 2) for d in distances)
    reached = np.cumsum(counts)[: longest + 1]
    cut = int(np.searchsorted(reached, min(wanted, int(reached[-1]))))
    return [np.flatnonzero(distance <= cut) for distance in distances]


def _best(cosines: Sequence[NDArray[np.float32]], count: int) -> list[NDArray[np.intp]]:
    """For each array the places of the `count` highest of all arrays; of equal ones the first."""
    total = sum(map(len, cosines))
    if total <= count:
        return [np.arange(len(array)) for array in cosines]
    highest = np.concatenate([_highest(array, count) for array in cosines])
    lowest = np.partition(highest, len(highest) - count)[len(highest) - count]
    left, best = count - int((highest > lowest).sum()), []
    for array in cosines:
        equal = np.flatnonzero(array == lowest)[:left]
        left -= len(equal)
        best.append(np.union1d(np.flatnonzero(array > lowest), equal))
    return best


def _highest(array: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    return array if len(array) <= count else np.partition(array, len(array) - count)[-count:]


def _with_siblings(chunk: VectorChunk, mask: NDArray[np.bool_], taken: NDArray[np.intp]) -> NDArray[np.intp]:
    """Also the other vectors of the same segments, which are next to each other in a block."""
    near = taken[:, None] + np.arange(1 - len(EMBEDDED), len(EMBEDDED))
    near = np.clip(near, 0, len(chunk.rows) - 1)
    segments = chunk.rows["segment"]
    same = (segments[near] == segments[taken][:, None]) & mask[near]
    return np.unique(near[same])


def _rescored(connection: sqlite3.Connection, nearest: Nearest, query: NDArray[np.float32]) -> Nearest:
    """With the cosines of the stored vectors; codes have only approximate ones."""
    if nearest.is_exact:
        return nearest
    size = 2 * len(query)
    read = (
        connection.execute(_READ, (int(row["offset"]) * size + 1, size, int(row["block"]))).fetchone()[0]
        for row in nearest.rows
    )
    halves = np.frombuffer(b"".join(read), "<f2").reshape(len(nearest.rows), len(query))
    return Nearest(nearest.rows, halves.astype(np.float32) @ query, is_exact=True)


def _hits(found: Sequence[Nearest], limit: int) -> dict[int, dict[Modality, float]]:
    """Segments by their best row.

    The last digits of a cosine depend on the memory layout, so cosines are rounded and ties are broken by id.
    """
    segments = np.concatenate([nearest.rows["segment"] for nearest in found])
    kinds = np.concatenate([nearest.rows["modality"] for nearest in found])
    cosines = np.concatenate([nearest.cosines for nearest in found])
    hits: dict[int, dict[Modality, float]] = {}
    for row in np.lexsort((segments, -cosines.round(DIGITS))).tolist():
        segment_id = int(segments[row])
        if segment_id not in hits and len(hits) == limit:
            continue
        hits.setdefault(segment_id, {})[_MODALITIES[kinds[row]]] = float(cosines[row])
    return hits


def _overlapping(
    starts_s: NDArray[np.float64],
    ends_s: NDArray[np.float64],
    from_s: NDArray[np.float64],
    until_s: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """`Span.overlaps`, row by row."""
    sharing = (starts_s < until_s) & (from_s < ends_s)
    touching = (starts_s <= until_s) & (from_s <= ends_s)
    instant = (starts_s == ends_s) | (from_s == until_s)
    overlapping: NDArray[np.bool_] = sharing | (instant & touching)
    return overlapping
