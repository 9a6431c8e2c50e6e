"""How fast a queue moves, measured over its last seconds."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable

WINDOW_S = 10.0
RETRY_AFTER_S_MAX = 60
RETRY_AFTER_S_UNKNOWN = 10


class Throughput:
    """Counts invocations that have ended; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ended: deque[float] = deque()

    def count(self) -> None:
        self._ended.append(self._clock())
        self._forget()

    def per_s(self) -> float:
        """Over the last seconds, or over the time since the first of these invocations if that is shorter."""
        self._forget()
        if not self._ended:
            return 0.0
        return len(self._ended) / max(self._clock() - self._ended[0], 1.0)

    def seconds_for(self, count: int) -> int:
        """Whole seconds in which this many more end at the present rate; a guess when none has ended lately."""
        rate = self.per_s()
        return min(RETRY_AFTER_S_MAX, max(1, math.ceil(count / rate))) if rate else RETRY_AFTER_S_UNKNOWN

    def _forget(self) -> None:
        while self._ended and self._ended[0] < self._clock() - WINDOW_S:
            self._ended.popleft()
