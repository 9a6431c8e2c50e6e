"""How far the tasks of a run have come, apart from the video so that reporting never gets in anybody's way."""

from __future__ import annotations

import time
from collections.abc import Mapping

from cinedex.adapters.dynamodb.table import DynamoDbTable

PER_MILLE = 1000
LIFETIME_S = 7 * 24 * 3600  # a worker's last word may come after its run was forgotten


class DynamoDbProgress:
    """`ProgressReporter` and `ProgressReader`; one item for each run, one attribute for each task and part."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def report(self, video_id: str, run_id: str, task: str, part_index: int | None, fraction: float) -> None:
        name = task if part_index is None else f"{task}-{part_index}"
        done = round(max(0.0, min(fraction, 1.0)) * PER_MILLE)
        self._table.update(
            f"V#{video_id}",
            f"PROGRESS#{run_id}",
            "SET #task = :done, expires_at = :expires",
            {"#task": name},
            {":done": done, ":expires": int(time.time()) + LIFETIME_S},
        )

    def read(self, video_id: str, run_id: str) -> Mapping[str, float]:
        item = self._table.get(f"V#{video_id}", f"PROGRESS#{run_id}") or {}
        return {n: v / PER_MILLE for n, v in item.items() if isinstance(v, int) and n != "expires_at"}

    def forget(self, video_id: str, run_id: str) -> None:
        self._table.delete(f"V#{video_id}", f"PROGRESS#{run_id}")
