"""Selects the frames of a chunk: one for each second, and one for each shot without a sample."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import ceil

from cinedex.kernel.span import Span

from gpu_tasks.media.frames import DecodedFrame

SAMPLE_FPS = 1.0
TOLERANCE_S = 1e-3
WAIT_S = 0.101  # a frame of 10 fps: the next frame of a faster video is as good as the one before


def sample_times_s(within: Span, shots: Sequence[Span], fps: float = SAMPLE_FPS) -> list[float]:
    """Ascending. The grid starts at the start of the video, so that it continues across chunks."""
    first = ceil(within.start_s * fps - 1e-9)
    count = max(0, ceil(within.end_s * fps - 1e-9) - first)
    grid = [(first + i) / fps for i in range(count)]
    return sorted([*grid, *unsampled_times_s(within, shots, fps)])


def unsampled_times_s(within: Span, shots: Sequence[Span], fps: float = SAMPLE_FPS) -> list[float]:
    """The middle of each shot that has no regular sample, ascending."""
    return sorted(s.middle_s for s in shots if within.holds(s.middle_s) and not _holds_sample(s, fps))


def _holds_sample(shot: Span, fps: float) -> bool:
    return ceil(shot.start_s * fps - 1e-9) / fps < shot.end_s


class Sampler:
    """Selects the frame that is shown at each of the ascending times.

    That is the first frame at or after the time, which is selected once if it is the first for several times. If it
    is more than `WAIT_S` later, it is the frame before, which stands until then and is selected with the time.
    """

    def __init__(self, times_s: Iterable[float]) -> None:
        self._times_s = iter(times_s)
        self.due_s = next(self._times_s, None)
        self.standing: DecodedFrame | None = None

    def push(self, frame: DecodedFrame) -> Iterator[DecodedFrame]:
        """Call it for the frames in order."""
        standing = self.standing
        while standing is not None and self.due_s is not None and self.due_s < frame.at_s - WAIT_S:
            yield replace(standing, at_s=self.due_s)
            self.due_s = next(self._times_s, None)
        if self.due_s is not None and frame.at_s >= self.due_s - TOLERANCE_S:
            yield frame
            while self.due_s is not None and self.due_s <= frame.at_s + TOLERANCE_S:
                self.due_s = next(self._times_s, None)
        self.standing = frame

    def rest(self) -> Iterator[DecodedFrame]:
        """The last frame at each remaining time that is behind it."""
        standing = self.standing
        while standing is not None and self.due_s is not None:
            if self.due_s > standing.at_s + WAIT_S:
                yield replace(standing, at_s=self.due_s)
            self.due_s = next(self._times_s, None)


def sampled(frames: Iterable[DecodedFrame], times_s: Iterable[float]) -> Iterator[DecodedFrame]:
    """The frame that is shown at each time; see `Sampler`."""
    sampler = Sampler(times_s)
    for frame in frames:
        yield from sampler.push(frame)
    yield from sampler.rest()
