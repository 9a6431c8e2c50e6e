"""Selects frames by their times: those that are compared, and those that are sampled."""

from __future__ import annotations

from math import floor

from gpu_tasks.analyze_chunk.sampling import TOLERANCE_S


class Pace:
    """Selects at most `fps` frames a second, evenly."""

    def __init__(self, fps: float) -> None:
        self._interval_s = 1 / fps
        self._next_s = 0.0

    def is_due(self, at_s: float) -> bool:
        """Call it for the frames in order."""
        if at_s < self._next_s:
            return False
        self._next_s = max(self._next_s + self._interval_s, at_s)
        return True


class EachSample:
    """Selects the first frame at or after each regular sample, as `Sampler` does; None selects nothing."""

    def __init__(self, fps: float | None) -> None:
        self._fps = fps
        self._next = 0

    def is_due(self, at_s: float) -> bool:
        """Call it for the frames in order."""
        if self._fps is None or at_s < self._next / self._fps - TOLERANCE_S:
            return False
        self._next = floor((at_s + TOLERANCE_S) * self._fps) + 1
        return True
