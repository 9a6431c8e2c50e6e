"""Bounded retries with exponential backoff and full jitter, for every loop of the product that tries again.

Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

logger = logging.getLogger(__name__)

Sleep = Callable[[float], None]


@dataclass
class LastError:
    """The error of the latest attempt, which the caller's loop stores for the log."""

    error: Exception | None = None


@dataclass(frozen=True)
class RetryPolicy:
    """Each pause is drawn from zero to a bound that starts at `pause_s` and doubles up to `pause_s_max`."""

    attempts_max: int
    pause_s: float
    pause_s_max: float

    def pauses(self) -> Iterator[float]:
        """The pauses between attempts: one fewer than there are attempts."""
        bound_s = self.pause_s
        for _ in range(self.attempts_max - 1):
            yield random.uniform(0, min(bound_s, self.pause_s_max))
            bound_s *= 2

    def attempts(self, operation: str, sleep: Sleep = time.sleep, last_error: LastError | None = None) -> Iterator[int]:
        """Count from 1 to `attempts_max`, and sleep before each attempt but the first.

        The caller's loop returns on success; what follows the loop handles the failure of all attempts. The log then
        names `operation`, such as "update video 7", and has the error that the loop has stored in `last_error`.
        """
        yield 1
        for number, pause_s in enumerate(self.pauses(), start=2):
            sleep(pause_s)
            yield number
        extra = {"operation": operation, "attempts": self.attempts_max}
        cause = last_error.error if last_error is not None else None
        logger.warning("all attempts to %s failed", operation, extra=extra, exc_info=cause, stacklevel=2)


CONFLICT = RetryPolicy(attempts_max=12, pause_s=0.02, pause_s_max=0.5)
"""For writes that fail because another writer of the same item was faster; at most about 3.6 s in all."""
