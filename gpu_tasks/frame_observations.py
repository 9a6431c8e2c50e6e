"""Turns the results of single frames into observations: each object and each line with the span that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby, pairwise
from operator import itemgetter

from cinedex.analysis.domain.model_results import FrameDetections, FrameText
from cinedex.detection.frame_analyzer import Observation
from cinedex.kernel.span import Span
from cinedex.timeline.modality import Modality

from gpu_tasks.engines.inflection import count_noun
from gpu_tasks.engines.object_summary import CONSISTENT_SAMPLES, summarise_objects

GAP_FRAMES = 1  # a shorter gap is a missed detection rather than an absence

Run = range
"""Indexes of consecutive frames."""


def object_observations(frames: Sequence[FrameDetections], frame_width: int) -> list[Observation]:
    """ "two people", "a car", by descending share of the frames. A count is confirmed by two frames of the run."""
    return [
        observation
        for summary in summarise_objects(frames, frame_width)
        for observation in _observations_of(summary.label, frames)
    ]


def text_observations(times_s: Sequence[float], read: Sequence[FrameText]) -> list[Observation]:
    """Every line in order of appearance; a frame that was not read shows the lines of the last one that was."""
    visible = [_visible_lines(at_s, read) for at_s in times_s]
    lines = dict.fromkeys(line for frame in visible for line in frame)
    return [
        Observation(text=line, span=_span(times_s, run), source=Modality.SCREEN_TEXT)
        for line in lines
        for run in _runs([line in frame for frame in visible])
    ]


def _observations_of(label: str, frames: Sequence[FrameDetections]) -> Iterator[Observation]:
    counts = [sum(d.label == label for d in frame.detections) for frame in frames]
    times_s = [frame.at_s for frame in frames]
    for run in _runs([count > 0 for count in counts]):
        confirmed = sorted((counts[i] for i in run if counts[i]), reverse=True)[:CONSISTENT_SAMPLES][-1]
        yield Observation(text=count_noun(label, confirmed), span=_span(times_s, run), source=Modality.OBJECTS)


def _visible_lines(at_s: float, read: Sequence[FrameText]) -> list[str]:
    before = [frame for frame in read if frame.at_s <= at_s]
    return [line.text.strip() for line in before[-1].lines] if before else []


def _runs(is_visible: Sequence[bool]) -> list[Run]:
    """Runs of frames that show the object or line, across short gaps."""
    indexes = [index for index, visible in enumerate(is_visible) if visible]
    breaks = [b - a > GAP_FRAMES + 1 for a, b in pairwise(indexes)]
    numbers = accumulate(breaks, initial=0)
    runs = [[index for _, index in run] for _, run in groupby(zip(numbers, indexes, strict=False), key=itemgetter(0))]
    return [range(run[0], run[-1] + 1) for run in runs]


def _span(times_s: Sequence[float], run: Run) -> Span:
    return Span(start_s=times_s[run[0]], end_s=times_s[run[-1]])
