"""A clock for time limits in tests without waiting."""

from __future__ import annotations


class TickingClock:
    """Each look at the time takes a second."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        self.seconds += 1
        return self.seconds
