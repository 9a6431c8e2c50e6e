"""Progress of the tasks of a run, in an item of its own so that reports do not conflict with changes of the video."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.table import DynamoDbTable

PER_MILLE = 1000
TIMES = ("began_at", "expires_at")
STORED_FOR_S = 7 * 24 * 3600  # a late worker may report after the progress of its run was deleted


class DynamoDbProgress:
    """`ProgressReporter` and `ProgressReader`: an attribute for each task and chunk."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def report(self, video_id: str, run_id: str, task: str, chunk_index: int | None, fraction: float) -> None:
        name = task if chunk_index is None else f"{task}-{chunk_index}"
        now = int(time.time())
        done = round(max(0.0, min(fraction, 1.0)) * PER_MILLE)
        self._table.update(
            *keys.progress(video_id, run_id),
            "SET #task = :done, expires_at = :expires, began_at = if_not_exists(began_at, :now)",
            {"#task": name},
            {":done": done, ":expires": now + STORED_FOR_S, ":now": now},
        )

    def read(self, video_id: str, run_id: str) -> Mapping[str, float]:
        item = self._table.get(*keys.progress(video_id, run_id)) or {}
        return {n: v / PER_MILLE for n, v in item.items() if isinstance(v, int) and n not in TIMES}

    def began_at(self, video_id: str, run_id: str) -> datetime | None:
        """None also for a run that a worker of an earlier version has begun."""
        item = self._table.get(*keys.progress(video_id, run_id)) or {}
        return datetime.fromtimestamp(int(item["began_at"]), UTC) if "began_at" in item else None

    def forget(self, video_id: str, run_id: str) -> None:
        self._table.delete(*keys.progress(video_id, run_id))
