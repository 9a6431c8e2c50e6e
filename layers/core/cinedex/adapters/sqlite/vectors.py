"""Exact nearest-neighbour search over the videos that the filter selects."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cinedex.adapters.sqlite.filtering import FilterSql
from cinedex.adapters.sqlite.vector_blocks import MatrixRows, VectorBlockCache
from cinedex.adapters.sqlite.writing import MODALITY_CODES
from cinedex.search.domain.index.segment_document import QueryVector, SegmentFilter
from cinedex.timeline.modality import Modality

EXCLUDED = float("-inf")
DIGITS = 6
_MODALITIES = tuple(Modality)

_CONTENT = """
SELECT block.id, block.places, block.half_floats
FROM json_each(:ids) AS requested CROSS JOIN vector_block AS block ON block.id = requested.value
"""


@dataclass(frozen=True)
class Compared:
    """The cosine of each row to the query; the vectors themselves are not referenced."""

    cosines: NDArray[np.float32]
    locations: NDArray[np.void]
    blocks: tuple[int, ...]
    counts: tuple[int, ...]


class ExactVectors:
    """Compares the query with every vector in the scope, so recall is 1."""

    def __init__(self, cache_bytes_max: int) -> None:
        self._cache = VectorBlockCache(cache_bytes_max)
        self._lock = threading.Lock()

    def nearest(
        self,
        connection: sqlite3.Connection,
        vector: QueryVector,
        within: SegmentFilter,
        condition: FilterSql,
        limit: int,
    ) -> dict[int, dict[Modality, float]]:
        """Segment ids with the cosine of each of their vectors, best first."""
        part = f", {condition.from_s}, {condition.until_s}" if condition.has_parts else ""
        statement = f"""
        SELECT block.id{part} FROM video CROSS JOIN vector_block AS block
        ON block.account_id = video.account_id AND block.video_id = video.video_id AND block.model = :model
        WHERE {condition.videos}
        """  # nosec B608 # conditions are made of constants of this package, values are bound
        blocks = connection.execute(statement, {**condition.values, "model": vector.model}).fetchall()
        if not blocks or not within.modalities:
            return {}
        compared = self._compared(connection, [row[0] for row in blocks], np.asarray(vector.values, np.float32))
        parts = {row[0]: (row[1], row[2]) for row in blocks} if condition.has_parts else {}
        return _best(compared, parts, within.modalities, limit)

    def _compared(
        self, connection: sqlite3.Connection, ids: Sequence[int], query: NDArray[np.float32]
    ) -> list[Compared]:
        """Missing blocks are read under the lock, so that concurrent searches read them once."""
        with self._lock:
            cached, missing = self._cache.cached(ids)
            content = connection.execute(_CONTENT, {"ids": json.dumps(missing)})
            read = [_compare(rows, query) for rows in self._cache.load(content, cached)] if missing else []
        return [*(_compare(rows, query) for rows in cached), *read]


def _compare(rows: MatrixRows, query: NDArray[np.float32]) -> Compared:
    return Compared(rows.matrix @ query, rows.locations, rows.blocks, rows.counts)


def _best(
    compared: Sequence[Compared], parts: Mapping[int, tuple[float, float]], modalities: Sequence[Modality], limit: int
) -> dict[int, dict[Modality, float]]:
    """`parts` has the part of each block to search; empty when all of it is."""
    cosines = np.concatenate([rows.cosines for rows in compared])
    locations = [rows.locations for rows in compared]
    segments = np.concatenate([rows["segment"] for rows in locations])
    kinds = np.concatenate([rows["modality"] for rows in locations])
    if parts:
        starts_s, ends_s = (np.concatenate([rows[name] for rows in locations]) for name in ("start_s", "end_s"))
        cosines[~_overlapping(starts_s, ends_s, *_part_bounds(compared, parts))] = EXCLUDED
    if len(modalities) < len(MODALITY_CODES):
        cosines[~np.isin(kinds, [MODALITY_CODES[m] for m in modalities])] = EXCLUDED
    chosen = _first_distinct(segments, cosines, limit)
    nearest: dict[int, dict[Modality, float]] = {segment_id: {} for segment_id in chosen}
    for row in np.flatnonzero(np.isin(segments, chosen) & (cosines > EXCLUDED)).tolist():
        nearest[int(segments[row])][_MODALITIES[kinds[row]]] = float(cosines[row])
    return nearest


def _part_bounds(
    compared: Sequence[Compared], parts: Mapping[int, tuple[float, float]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For each row, the start and the end of the part of its video to search."""
    spans = [parts[block] for rows in compared for block in rows.blocks]
    counts = [count for rows in compared for count in rows.counts]
    return np.repeat([start for start, _ in spans], counts), np.repeat([end for _, end in spans], counts)


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


def _first_distinct(segments: NDArray[np.int64], cosines: NDArray[np.float32], limit: int) -> list[int]:
    """Segments by their best row. A segment has at most one row of each modality, which bounds the rows to sort.

    The last digits of a cosine depend on the memory layout, so cosines are rounded and ties are broken by id.
    """
    enough = min(limit * len(MODALITY_CODES), len(cosines))
    rows = np.argpartition(-cosines, enough - 1)[:enough]
    rows = rows[np.lexsort((segments[rows], -cosines[rows].round(DIGITS)))]
    ranked = segments[rows[cosines[rows] > EXCLUDED]].tolist()
    return list(dict.fromkeys(ranked))[:limit]
