"""The time of day and the passing of time, so that tests can choose both."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

CLOCK_DIFFERENCE_MAX = timedelta(minutes=1)
"""Between the machines of a deployment. An expiry that lies further ahead than its length was written by a clock that
was wrong, or under a longer limit: it holds no longer."""


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary point; never goes back."""

    def sleep(self, seconds: float) -> None:
        """Blocks the calling thread."""
