"""The ports of the progress of tasks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol


class ProgressReporter(Protocol):
    def report(self, video_id: str, run_id: str, task: str, chunk_index: int | None, fraction: float) -> None:
        """`fraction` is the share of a task that is done, 0 to 1; the latest report counts."""


class ProgressReader(Protocol):
    def read(self, video_id: str, run_id: str) -> Mapping[str, float]:
        """The latest fraction of each task, named `task` or `task-<chunk>`."""

    def began_at(self, video_id: str, run_id: str) -> datetime | None:
        """When a worker first reported for the run, to the second; None if none has."""

    def forget(self, video_id: str, run_id: str) -> None: ...
