"""Nearest-neighbour search over the vectors of an account: by their bits, then by the vectors themselves."""

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
from cinedex.adapters.sqlite.vector_rows import BITS, VectorChunk, VectorRows, bits_of
from cinedex.adapters.sqlite.writing import MODALITY_CODES
from cinedex.search.domain.index.segment_document import EMBEDDED, QueryVector, SegmentFilter
from cinedex.timeline.modality import Modality

FAR = np.uint16(np.iinfo(np.uint16).max)
DIGITS = 6
CANDIDATES = 4_096
"""Rows whose vectors are compared: those nearest by their bits."""
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

    def admit(self, chunk: VectorChunk) -> NDArray[np.bool_]:
        inside: NDArray[np.bool_] = self.is_admitted.take(chunk.videos, mode="clip")
        if self.from_s is None or self.until_s is None:
            return inside
        from_s, until_s = (part.take(chunk.videos, mode="clip") for part in (self.from_s, self.until_s))
        return inside & _overlapping(chunk.rows["start_s"], chunk.rows["end_s"], from_s, until_s)


@dataclass(frozen=True)
class Nearest:
    """Rows and their cosines; `is_exact` is False for those of codes."""

    rows: NDArray[np.void]
    cosines: NDArray[np.float32]
    is_exact: bool


class NearestVectors:
    """Exact up to `CANDIDATES` admitted vectors; of more, a few of a thousand of the nearest are missed. Returned
    cosines are always exact."""

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
    chosen = _candidates(part, masks, query, limit)
    enough = RESCORED_PER_HIT * limit if part.is_coded else len(EMBEDDED) * limit
    cosines = [chunk.cosines(query, rows) for chunk, rows in zip(part.chunks, chosen, strict=True)]
    best = _best(cosines, enough)
    rows, exact = [], []
    for chunk, mask, taken, kept in zip(part.chunks, masks, chosen, best, strict=True):
        with_siblings = _with_siblings(chunk, mask, taken[kept])
        rows.append(chunk.rows[with_siblings])
        exact.append(chunk.cosines(query, with_siblings))
    return Nearest(np.concatenate(rows), np.concatenate(exact), not part.is_coded)


def _mask(chunk: VectorChunk, admitted: AdmittedVideos, modalities: Sequence[Modality]) -> NDArray[np.bool_]:
    mask = chunk.alive & admitted.admit(chunk)
    if len(modalities) < len(MODALITY_CODES):
        mask &= np.isin(chunk.modalities, [MODALITY_CODES[m] for m in modalities])
    return mask


def _candidates(
    part: VectorRows, masks: Sequence[NDArray[np.bool_]], query: NDArray[np.float32], limit: int
) -> list[NDArray[np.intp]]:
    """All admitted rows of each chunk, or the `CANDIDATES` nearest by their bits; of equal ones the first."""
    wanted = max(CANDIDATES, RESCORED_PER_HIT * limit)
    if part.mean is None or sum(map(np.count_nonzero, masks)) <= wanted:
        return [np.flatnonzero(mask) for mask in masks]
    query_bits = bits_of(query[None, :], part.mean)[:, 0]
    distances = [chunk.distances(query_bits) for chunk in part.chunks]
    for distance, mask in zip(distances, masks, strict=True):
        distance[~mask] = FAR
    longest = len(query_bits) * BITS
    counts = sum(np.bincount(np.minimum(d, longest + 1), minlength=longest + 2) for d in distances)
    reached = np.cumsum(counts)
    cut = int(np.searchsorted(reached, wanted))
    left = wanted - int(reached[cut - 1]) if cut else wanted
    chosen = []
    for distance in distances:
        equal = np.flatnonzero(distance == cut)[:left]
        left -= len(equal)
        chosen.append(np.union1d(np.flatnonzero(distance < cut), equal))
    return chosen


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
