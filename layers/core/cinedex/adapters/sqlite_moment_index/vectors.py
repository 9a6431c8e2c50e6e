"""Nearest vectors by exact cosine over the videos that the filter selects."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cinedex.adapters.sqlite_moment_index.writing import MODALITY_CODES
from cinedex.domain.moment import EVERYTHING, Modality, MomentFilter, QueryVector
from cinedex.domain.span import Span

if TYPE_CHECKING:
    from numpy import float32, float64, int8, int64
    from numpy.typing import NDArray

OUT = float("-inf")
KEPT_BYTES_MAX = 256 * 1024 * 1024
PLACE_FIELDS = (("segment", "<i8"), ("modality", "i1"), ("start_s", "<f8"), ("end_s", "<f8"))
"""`writing.PLACE`, for NumPy."""
_MODALITIES = tuple(Modality)

_BLOCKS = """
SELECT block.id, block.video_id FROM pool CROSS JOIN vector_block AS block
ON block.account_id = :account_id AND block.video_id = pool.video_id AND block.model = :model
"""
_CONTENT = """
SELECT block.id, block.places, block.half_floats
FROM json_each(:ids) AS wanted CROSS JOIN vector_block AS block ON block.id = wanted.value
"""


@dataclass(frozen=True)
class Block:
    """The vectors of one video: everything here has one entry for each row of `matrix`."""

    matrix: NDArray[float32]
    segments: NDArray[int64]
    modalities: NDArray[int8]
    starts_s: NDArray[float64]
    ends_s: NDArray[float64]


class ExactVectors:
    """Compares the query with every vector in the pool, so recall is 1.

    Blocks stay in memory as float32, up to `KEPT_BYTES_MAX`. A block never changes: writing a video makes
    a new one with an id that was never used, so nothing kept is ever stale.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[int, Block] = OrderedDict()
        self._kept_bytes = 0
        self._lock = threading.Lock()

    def nearest(
        self, connection: sqlite3.Connection, vector: QueryVector, within: MomentFilter, limit: int
    ) -> dict[int, dict[Modality, float]]:
        """Segment ids with the cosine of each of their vectors, best first."""
        asked = {"account_id": within.account_id, "model": vector.model}
        videos = dict(connection.execute(_BLOCKS, asked).fetchall())
        if not videos:
            return {}
        with self._lock:
            blocks = self._blocks(connection, list(videos))
        parts = [within.parts[video_id] for video_id in videos.values()]
        return _best(blocks, parts, vector, within.modalities, limit)

    def _blocks(self, connection: sqlite3.Connection, ids: Sequence[int]) -> list[Block]:
        missing = [block_id for block_id in ids if block_id not in self._kept]
        for row in connection.execute(_CONTENT, {"ids": json.dumps(missing)}) if missing else ():
            self._keep(*row)
        blocks = [self._kept[block_id] for block_id in ids]
        for block_id in ids:
            self._kept.move_to_end(block_id)
        self._forget_oldest()
        return blocks

    def _keep(self, block_id: int, places: bytes, half_floats: bytes) -> None:
        block = _unpacked(places, half_floats)
        self._kept[block_id] = block
        self._kept_bytes += block.matrix.nbytes

    def _forget_oldest(self) -> None:
        while self._kept_bytes > KEPT_BYTES_MAX:
            _, block = self._kept.popitem(last=False)
            self._kept_bytes -= block.matrix.nbytes


def _unpacked(places: bytes, half_floats: bytes) -> Block:
    """NumPy is imported at the first question: a function that never searches starts without it."""
    import numpy as np

    rows = np.frombuffer(places, np.dtype(list(PLACE_FIELDS)))
    matrix = np.frombuffer(half_floats, "<f2").reshape(len(rows), -1).astype(np.float32)
    return Block(matrix, *(np.ascontiguousarray(rows[name]) for name, _ in PLACE_FIELDS))


def _best(
    blocks: Sequence[Block],
    parts: Sequence[Span],
    vector: QueryVector,
    modalities: Sequence[Modality],
    limit: int,
) -> dict[int, dict[Modality, float]]:
    import numpy as np

    query = np.asarray(vector.values, np.float32)
    cosines = np.concatenate(
        [_masked(block, block.matrix @ query, part) for block, part in zip(blocks, parts, strict=True)]
    )
    kinds = np.concatenate([block.modalities for block in blocks])
    segments = np.concatenate([block.segments for block in blocks])
    if len(modalities) < len(MODALITY_CODES):
        cosines[~np.isin(kinds, [MODALITY_CODES[m] for m in modalities])] = OUT
    chosen = _first_distinct(segments, cosines, limit)
    found: dict[int, dict[Modality, float]] = {segment_id: {} for segment_id in chosen}
    for row in np.flatnonzero(np.isin(segments, chosen) & (cosines > OUT)).tolist():
        found[int(segments[row])][_MODALITIES[kinds[row]]] = float(cosines[row])
    return found


def _masked(block: Block, cosines: NDArray[float32], part: Span) -> NDArray[float32]:
    """Rows that `part` does not overlap, as `Span.overlaps` has it, are put out of reach."""
    if part.start_s <= EVERYTHING.start_s and part.end_s >= EVERYTHING.end_s:
        return cosines
    sharing = (block.starts_s < part.end_s) & (part.start_s < block.ends_s)
    touching = (block.starts_s <= part.end_s) & (part.start_s <= block.ends_s)
    instant = (block.starts_s == block.ends_s) | (part.length_s == 0)
    cosines[~(sharing | (instant & touching))] = OUT
    return cosines


def _first_distinct(segments: NDArray[int64], cosines: NDArray[float32], limit: int) -> list[int]:
    """Segments by their best row. A segment has at most one row of each modality, so these rows suffice."""
    import numpy as np

    enough = min(limit * len(MODALITY_CODES), len(cosines))
    rows = np.argpartition(-cosines, enough - 1)[:enough]
    rows = rows[np.argsort(-cosines[rows], kind="stable")]
    ranked = segments[rows[cosines[rows] > OUT]].tolist()
    return list(dict.fromkeys(ranked))[:limit]
