"""Selects the frames of a chunk: one for each second, and one for each shot without a sample."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import ceil

from cinedex.kernel.span import Span

from gpu_tasks.media.frames import DecodedFrame

SAMPLE_FPS = 1.0
WAIT_S = 0.101  # a frame of 10 fps: the next frame of a faster video is as good as the one before


def sample_times_s(within: Span, shots: Sequence[Span], fps: float = SAMPLE_FPS) -> list[float]:
    """Ascending. The grid starts at the start of the video, so that it continues across chunks."""
    first = ceil(within.start_s * fps - 1e-9)
    count = max(0, ceil(within.end_s * fps - 1e-9) - first)
    grid = [(first + i) / fps for i in range(count)]
    unsampled = [s.middle_s for s in shots if within.holds(s.middle_s) and not _holds_sample(s, fps)]
    return sorted([*grid, *unsampled])


def _holds_sample(shot: Span, fps: float) -> bool:
    return ceil(shot.start_s * fps - 1e-9) / fps < shot.end_s


def sampled(frames: Iterable[DecodedFrame], times_s: Sequence[float]) -> Iterator[DecodedFrame]:
    """The frame that is shown at each time.

    That is the first frame at or after the time, which is returned once if it is the first for several times. If it
    is more than `WAIT_S` later, it is the frame before, which stands until then and is returned with the time.
    """
    due = 0
    standing: DecodedFrame | None = None
    for frame in frames:
        while standing is not None and due < len(times_s) and times_s[due] < frame.at_s - WAIT_S:
            yield replace(standing, at_s=times_s[due])
            due += 1
        if due < len(times_s) and frame.at_s >= times_s[due] - 1e-3:
            yield frame
            while due < len(times_s) and times_s[due] <= frame.at_s + 1e-3:
                due += 1
        standing = frame
    if standing is not None:
        yield from (replace(standing, at_s=t) for t in times_s[due:] if t > standing.at_s + WAIT_S)
