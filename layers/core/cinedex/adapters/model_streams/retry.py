"""Ask a busy server again, as long as it has not begun to answer."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from cinedex.kernel.errors import Unavailable

T = TypeVar("T")


class RetryableError(Exception):
    """Try again later; `retry_after_s` is what the server asked for, None when it did not say."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after_s = retry_after_s


@dataclass(frozen=True)
class RetryPolicy:
    """Full jitter: each pause is drawn from zero to a bound that doubles, up to `pause_s_max`.

    Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """

    attempts_max: int = 5
    pause_s: float = 0.5
    pause_s_max: float = 8.0
    waiting_s_max: float = 15.0
    sleep: Callable[[float], None] = time.sleep

    def pause_before(self, attempt: int) -> float:
        """`attempt` is 1 for the second one."""
        return random.uniform(0, min(self.pause_s_max, self.pause_s * 2 ** (attempt - 1)))


def patient_stream(attempt: Callable[[], Iterator[T]], patience: RetryPolicy) -> Iterator[T]:
    """What `attempt` yields, begun anew when it raises `Busy` before it yielded anything.

    Raises `Unavailable` when it is busy for too long, or in the middle: what was yielded cannot be taken back.
    """
    waited_s = 0.0
    for number in range(1, patience.attempts_max + 1):
        begun = False
        try:
            for piece in attempt():
                begun = True
                yield piece
            return
        except RetryableError as busy:
            pause_s = max(patience.pause_before(number), busy.retry_after_s or 0.0)
            waited_s += pause_s
            if begun or number == patience.attempts_max or waited_s > patience.waiting_s_max:
                raise Unavailable(busy.message) from busy
            patience.sleep(pause_s)
