"""What can be said of the objects of a segment: what, how many, how long and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from cinedex.analysis.domain.model_results import Detection, FrameDetections

CONSISTENT_SAMPLES = 2  # in a row, unless the detector is sure: a label that flickers may be a mistake
SURE_SCORE = 0.75
THROUGHOUT_SHARE = 0.8
BRIEF_SHARE = 0.3
STEADY_SHARE = 0.5
SAME_PLACE_SHARE = 0.8
WIDE_SHARE = 0.6


@dataclass(frozen=True)
class Sighting:
    """A label that was seen consistently.

    `count` is the largest number seen in `CONSISTENT_SAMPLES` samples, `is_steady` when that many are seen
    most of the time; `share` is the part of the samples that show the label at all.
    """

    label: str
    count: int
    is_steady: bool
    share: float
    place: str | None

    @property
    def is_brief(self) -> bool:
        return self.share < BRIEF_SHARE


def sightings(frames: Sequence[FrameDetections], frame_width: int) -> list[Sighting]:
    """Those seen longest first; equal ones by their label."""
    labels = {d.label for frame in frames for d in frame.detections}
    found = [_sighting(label, frames, frame_width) for label in labels]
    return sorted((s for s in found if s is not None), key=lambda s: (-s.share, s.label))


def _sighting(label: str, frames: Sequence[FrameDetections], frame_width: int) -> Sighting | None:
    seen = [[d for d in frame.detections if d.label == label] for frame in frames]
    counts = sorted((len(some) for some in seen if some), reverse=True)
    needed = min(CONSISTENT_SAMPLES, len(frames))
    if len(counts) < needed or (_longest_run(seen) < needed and not _is_sure(seen)):
        return None
    count = counts[needed - 1]
    return Sighting(
        label=label,
        count=count,
        is_steady=sum(c >= count for c in counts) >= STEADY_SHARE * len(counts),
        share=len(counts) / len(frames),
        place=_place([some[0] for some in seen if some], frame_width) if count == 1 else None,
    )


def _longest_run(seen: Sequence[Sequence[Detection]]) -> int:
    return max((sum(1 for _ in run) for is_seen, run in groupby(seen, key=bool) if is_seen), default=0)


def _is_sure(seen: Sequence[Sequence[Detection]]) -> bool:
    return max(d.score for some in seen for d in some) >= SURE_SCORE


def _place(alone: Sequence[Detection], frame_width: int) -> str | None:
    """The third of the picture in which a lone object stays; None when it moves or fills the picture."""
    places = Counter(_third(d, frame_width) for d in alone)
    place, times = places.most_common(1)[0]
    return place if times >= SAME_PLACE_SHARE * len(alone) else None


def _third(detection: Detection, frame_width: int) -> str | None:
    box = detection.box
    if frame_width <= 0 or box.x2 - box.x1 > WIDE_SHARE * frame_width:
        return None
    centre = (box.x1 + box.x2) / 2 / frame_width
    return "on the left" if centre < 1 / 3 else "on the right" if centre > 2 / 3 else "in the middle"
