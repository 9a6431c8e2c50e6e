"""The time of day and the passing of time, so that tests can choose both."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary point; never goes back."""

    def sleep(self, seconds: float) -> None:
        """Blocks the calling thread."""
