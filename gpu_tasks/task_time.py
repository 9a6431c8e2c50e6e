"""How long a task has run, and how long it may run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cinedex.analysis.domain.task_message import TaskMessage

from gpu_tasks.task_errors import TooCostly

HARD_FACTOR = 2.0
"""A task that does not even report for that many times its limit hangs in a library."""


class Stopwatch:
    """The seconds of a task, without those of tasks that run while it is paused. May be read by another thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._counted_s = 0.0
        self._since: float | None = clock()

    @property
    def elapsed_s(self) -> float:
        since = self._since
        return self._counted_s if since is None else self._counted_s + self._clock() - since

    @contextmanager
    def paused(self) -> Iterator[None]:
        elapsed_s = self.elapsed_s
        self._since = None
        self._counted_s = elapsed_s
        try:
            yield
        finally:
            self._since = self._clock()


@dataclass(frozen=True)
class TimeLimits:
    """A task may run for `factor` times its estimate, but at least for `seconds_min`."""

    factor: float
    seconds_min: float

    def of(self, message: TaskMessage) -> TimeLimit:
        """No limit for a message of an earlier version, which has no estimate."""
        if message.cost is None:
            return TimeLimit(message.task, 0.0, float("inf"))
        estimate_s = message.cost.estimate_s(message.chunk)
        return TimeLimit(message.task, estimate_s, max(self.seconds_min, self.factor * estimate_s))


@dataclass(frozen=True)
class TimeLimit:
    task: str
    estimate_s: float
    limit_s: float

    def check(self, elapsed_s: float) -> None:
        """Raises `TooCostly`."""
        if elapsed_s > self.limit_s:
            raise self.exceeded(elapsed_s)

    def is_stuck(self, elapsed_s: float) -> bool:
        return elapsed_s > HARD_FACTOR * self.limit_s

    def exceeded(self, elapsed_s: float) -> TooCostly:
        return TooCostly(
            f"The task {self.task} was stopped after {elapsed_s:.0f} s. Its limit is {self.limit_s:.0f} s; "
            f"{self.estimate_s:.0f} s were estimated."
        )
