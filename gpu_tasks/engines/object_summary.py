"""Summarises the detections of a segment: label, count, share of the samples and place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from cinedex.analysis.domain.model_results import Detection, FrameDetections

CONSISTENT_SAMPLES = 2  # consecutive, unless the score is high: an intermittent label may be a false positive
CERTAIN_SCORE = 0.75
THROUGHOUT_SHARE = 0.8
BRIEF_SHARE = 0.3
STEADY_SHARE = 0.5
SAME_PLACE_SHARE = 0.8
WIDE_SHARE = 0.6


@dataclass(frozen=True)
class ObjectSummary:
    """A label that was detected consistently.

    `count` is the largest number of objects in at least `CONSISTENT_SAMPLES` samples; `is_steady` is true when most
    samples with the label have that many. `share` is the share of the samples that have the label.
    """

    label: str
    count: int
    is_steady: bool
    share: float
    place: str | None

    @property
    def is_brief(self) -> bool:
        return self.share < BRIEF_SHARE


def summarise_objects(frames: Sequence[FrameDetections], frame_width: int) -> list[ObjectSummary]:
    """By descending share, then by label."""
    labels = {d.label for frame in frames for d in frame.detections}
    summaries = [_summary(label, frames, frame_width) for label in labels]
    return sorted((s for s in summaries if s is not None), key=lambda s: (-s.share, s.label))


def _summary(label: str, frames: Sequence[FrameDetections], frame_width: int) -> ObjectSummary | None:
    samples = [[d for d in frame.detections if d.label == label] for frame in frames]
    counts = sorted((len(sample) for sample in samples if sample), reverse=True)
    needed = min(CONSISTENT_SAMPLES, len(frames))
    if len(counts) < needed or (_longest_run(samples) < needed and not _is_certain(samples)):
        return None
    count = counts[needed - 1]
    return ObjectSummary(
        label=label,
        count=count,
        is_steady=sum(c >= count for c in counts) >= STEADY_SHARE * len(counts),
        share=len(counts) / len(frames),
        place=_place([sample[0] for sample in samples if sample], frame_width) if count == 1 else None,
    )


def _longest_run(samples: Sequence[Sequence[Detection]]) -> int:
    return max((sum(1 for _ in run) for has_label, run in groupby(samples, key=bool) if has_label), default=0)


def _is_certain(samples: Sequence[Sequence[Detection]]) -> bool:
    return max(d.score for sample in samples for d in sample) >= CERTAIN_SCORE


def _place(detections: Sequence[Detection], frame_width: int) -> str | None:
    """The third of the picture in which a single object stays; None when it moves or fills the picture."""
    places = Counter(_third(d, frame_width) for d in detections)
    place, times = places.most_common(1)[0]
    return place if times >= SAME_PLACE_SHARE * len(detections) else None


def _third(detection: Detection, frame_width: int) -> str | None:
    box = detection.box
    if frame_width <= 0 or box.x2 - box.x1 > WIDE_SHARE * frame_width:
        return None
    centre = (box.x1 + box.x2) / 2 / frame_width
    return "on the left" if centre < 1 / 3 else "on the right" if centre > 2 / 3 else "in the middle"
