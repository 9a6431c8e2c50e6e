"""Lets waiting live tasks run between two steps of a task, which may take hours."""

from __future__ import annotations

from collections.abc import Callable

from gpu_tasks.task_time import Stopwatch

BULK_SLICE_S = 2.0


class TaskTurns:
    """A live task lets one other task run after each `slice_s` of its own time; a bulk task lets all of them run, and
    looks for them more often.

    `run_other` runs a live task that waits, and returns False when there is none.
    """

    def __init__(self, watch: Stopwatch, slice_s: float, is_bulk: bool, run_other: Callable[[], bool]) -> None:
        self._watch, self._is_bulk, self._run_other = watch, is_bulk, run_other
        self._slice_s = min(slice_s, BULK_SLICE_S) if is_bulk else slice_s
        self._next_s = self._slice_s

    def __call__(self) -> None:
        if self._watch.elapsed_s < self._next_s:
            return
        with self._watch.paused():
            while self._run_other() and self._is_bulk:
                pass
        self._next_s = self._watch.elapsed_s + self._slice_s
