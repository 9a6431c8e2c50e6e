"""Measures the duration of the stages of one search."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum


class Stage(StrEnum):
    """In the order of execution; `total` is the whole search."""

    PARSE_QUERY = "parse_query"
    SCOPE = "scope"
    EMBED = "embed"
    STORE = "store"
    FUSION = "fusion"
    REWRITE = "rewrite"
    RERANK = "rerank"
    GROUP = "group"
    PAGE = "page"
    TOTAL = "total"


class StageTimer:
    """Repeated executions of a stage add up; a stage that was not executed is absent."""

    def __init__(self, now_s: Callable[[], float] = time.perf_counter) -> None:
        """`now_s`: seconds of a monotonic clock."""
        self._now_s = now_s
        self._seconds: dict[Stage, float] = {}

    @contextmanager
    def of(self, stage: Stage) -> Iterator[None]:
        started_at = self._now_s()
        try:
            yield
        finally:
            self._seconds[stage] = self._seconds.get(stage, 0.0) + self._now_s() - started_at

    @property
    def stage_ms(self) -> dict[Stage, float]:
        """Milliseconds, in the order of `Stage`."""
        return {stage: self._seconds[stage] * 1000 for stage in Stage if stage in self._seconds}
