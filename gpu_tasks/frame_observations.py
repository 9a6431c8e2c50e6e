"""What some frames show, told as sights: each thing and each line with the frames that show it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, groupby, pairwise
from operator import itemgetter

from cinedex.analysis.domain.model_results import FrameDetections, FrameText
from cinedex.detection.frame_analyzer import Observation
from cinedex.kernel.span import Span
from cinedex.timeline.modality import Modality

from gpu_tasks.engines.inflection import counted
from gpu_tasks.engines.object_summary import CONSISTENT_SAMPLES, sightings

GAP_FRAMES = 1  # missing in between, a thing was overlooked rather than away

Run = range
"""Places in a list of frames."""


def object_sights(frames: Sequence[FrameDetections], frame_width: int) -> list[Observation]:
    """ "two people", "a car": those seen longest first, how many being what two frames of the run agree on."""
    return [sight for seen in sightings(frames, frame_width) for sight in _sights_of(seen.label, frames)]


def text_sights(times_s: Sequence[float], read: Sequence[FrameText]) -> list[Observation]:
    """Every line in the order of its appearance; a frame that was not read shows what the one before shows."""
    shown = [_standing(at_s, read) for at_s in times_s]
    lines = dict.fromkeys(line for frame in shown for line in frame)
    return [
        Observation(text=line, span=_span(times_s, run), source=Modality.SCREEN_TEXT)
        for line in lines
        for run in _runs([line in frame for frame in shown])
    ]


def _sights_of(label: str, frames: Sequence[FrameDetections]) -> Iterator[Observation]:
    counts = [sum(d.label == label for d in frame.detections) for frame in frames]
    times_s = [frame.at_s for frame in frames]
    for run in _runs([count > 0 for count in counts]):
        agreed = sorted((counts[i] for i in run if counts[i]), reverse=True)[:CONSISTENT_SAMPLES][-1]
        yield Observation(text=counted(label, agreed), span=_span(times_s, run), source=Modality.OBJECTS)


def _standing(at_s: float, read: Sequence[FrameText]) -> list[str]:
    before = [frame for frame in read if frame.at_s <= at_s]
    return [line.text.strip() for line in before[-1].lines] if before else []


def _runs(shows: Sequence[bool]) -> list[Run]:
    """Stretches of frames that show it, over short gaps."""
    places = [place for place, is_shown in enumerate(shows) if is_shown]
    breaks = [b - a > GAP_FRAMES + 1 for a, b in pairwise(places)]
    numbers = accumulate(breaks, initial=0)
    runs = [[place for _, place in run] for _, run in groupby(zip(numbers, places, strict=False), key=itemgetter(0))]
    return [range(run[0], run[-1] + 1) for run in runs]


def _span(times_s: Sequence[float], run: Run) -> Span:
    return Span(start_s=times_s[run[0]], end_s=times_s[run[-1]])
