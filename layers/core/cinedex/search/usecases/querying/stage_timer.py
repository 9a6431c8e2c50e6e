"""How long the stages of one search took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum


class Stage(StrEnum):
    """In the order in which a search goes through them; `total` is all of it."""

    UNDERSTAND = "understand"
    POOL = "pool"
    EMBED = "embed"
    STORE = "store"
    FUSION = "fusion"
    REWRITE = "rewrite"
    RERANK = "rerank"
    GROUP = "group"
    PAGE = "page"
    TOTAL = "total"


class StageTimer:
    """A stage that a search goes through twice adds up; one it never comes to is absent."""

    def __init__(self, now_s: Callable[[], float] = time.perf_counter) -> None:
        """`now_s`: seconds of a clock that never goes back."""
        self._now_s = now_s
        self._taken_s: dict[Stage, float] = {}

    @contextmanager
    def of(self, stage: Stage) -> Iterator[None]:
        began_at = self._now_s()
        try:
            yield
        finally:
            self._taken_s[stage] = self._taken_s.get(stage, 0.0) + self._now_s() - began_at

    @property
    def taken_ms(self) -> dict[Stage, float]:
        """Milliseconds, in the order of `Stage`."""
        return {stage: self._taken_s[stage] * 1000 for stage in Stage if stage in self._taken_s}
