"""Ask a busy server again, as long as it has not begun to answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from cinedex.kernel.errors import Unavailable
from cinedex.kernel.retry import RetryPolicy, Sleep

T = TypeVar("T")


class RetryableError(Exception):
    """Try again later; `retry_after_s` is what the server asked for, None when it did not say."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after_s = retry_after_s


@dataclass(frozen=True)
class StreamRetryPolicy(RetryPolicy):
    """Gives up when the pauses add up to more than `waiting_s_max`, too."""

    attempts_max: int = 5
    pause_s: float = 0.5
    pause_s_max: float = 8.0
    waiting_s_max: float = 15.0
    sleep: Sleep = time.sleep


def retry_stream(attempt: Callable[[], Iterator[T]], patience: StreamRetryPolicy) -> Iterator[T]:
    """What `attempt` yields, begun anew when it raises `Busy` before it yielded anything.

    Raises `Unavailable` when it is busy for too long, or in the middle: what was yielded cannot be taken back.
    """
    waited_s = 0.0
    for drawn_s in [*patience.pauses(), None]:
        begun = False
        try:
            for piece in attempt():
                begun = True
                yield piece
            return
        except RetryableError as busy:
            pause_s = max(drawn_s or 0.0, busy.retry_after_s or 0.0)
            waited_s += pause_s
            if begun or drawn_s is None or waited_s > patience.waiting_s_max:
                raise Unavailable(busy.message) from busy
            patience.sleep(pause_s)
