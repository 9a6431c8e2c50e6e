"""Retry a streaming request as long as nothing was received and there is time left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from cinedex.kernel.errors import LanguageModelUnavailable
from cinedex.kernel.retry import RetryPolicy, Sleep

T = TypeVar("T")


class RetryableError(Exception):
    """A temporary failure; `retry_after_s` is the pause that the server requests, None without one."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after_s = retry_after_s


@dataclass(frozen=True)
class StreamRetryPolicy(RetryPolicy):
    """Also stops when the pauses add up to more than `waiting_s_max`."""

    attempts_max: int = 5
    pause_s: float = 0.5
    pause_s_max: float = 8.0
    waiting_s_max: float = 15.0
    sleep: Sleep = time.sleep
    monotonic: Callable[[], float] = time.monotonic


def retry_stream(attempt: Callable[[float], Iterator[T]], policy: StreamRetryPolicy, seconds_max: float) -> Iterator[T]:
    """Yields what `attempt` yields, and restarts it when it raises `RetryableError` before its first item.

    `attempt` is given what is left of `seconds_max`, which all attempts and pauses share. Raises
    `LanguageModelUnavailable` after the last attempt, when the next one would begin too late, or when the failure comes
    after the first item, which was already passed on.
    """
    waited_s, ends = 0.0, policy.monotonic() + seconds_max
    for jitter_s in [*policy.pauses(), None]:
        has_started = False
        try:
            for piece in attempt(ends - policy.monotonic()):
                has_started = True
                yield piece
            return
        except RetryableError as error:
            pause_s = max(jitter_s or 0.0, error.retry_after_s or 0.0)
            waited_s += pause_s
            is_late = waited_s > policy.waiting_s_max or policy.monotonic() + pause_s >= ends
            if has_started or jitter_s is None or is_late:
                raise LanguageModelUnavailable(error.message) from error
            policy.sleep(pause_s)
