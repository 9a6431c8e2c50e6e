"""Detects shot boundaries, cuts and dissolves, from the change between frames."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from cinedex.analysis.domain.model_results import ModelInfo
from cinedex.kernel.span import Span, span
from numpy.typing import NDArray

from gpu_tasks.engines.dissolves import DissolveDetector
from gpu_tasks.engines.roles import Picture

CUT_SCORE = 27.0
SUDDEN_SCORE = 15.0
SUDDEN_RATIO = 3.0
NEIGHBOURS = 2
SHOT_LENGTH_MIN_S = 0.6


class ContentShots:
    """Mean absolute change of hue, saturation and value between thumbnails, as in PySceneDetect,
    but hue is weighted by saturation, because the hue of grey and black pixels is noise.

    A hard cut is a frame whose score reaches `CUT_SCORE` (ContentDetector), or reaches
    `SUDDEN_SCORE` and `SUDDEN_RATIO` times the mean of its neighbours (AdaptiveDetector); it is placed on
    the first frame of the new shot. A dissolve or fade is placed in its middle (see `dissolves`).
    Source: https://www.scenedetect.com/docs/latest/api/detectors.html
    """

    def __init__(self, info: ModelInfo, _weights: Mapping[str, Path]) -> None:
        self.info = info
        self._times_s: list[float] = []
        self._scores: list[float] = []
        self._previous: NDArray[np.int16] | None = None
        self._dissolves = DissolveDetector()

    def setup(self) -> None:
        import cv2

        cv2.setNumThreads(2)

    def begin(self, *, deblocked: bool = False) -> ContentShots:
        detector = ContentShots(self.info, {})
        detector._dissolves = DissolveDetector(deblocked=deblocked)
        return detector

    def push(self, at_s: float, thumbnail: Picture) -> None:
        import cv2

        hsv = cv2.cvtColor(thumbnail, cv2.COLOR_BGR2HSV).astype(np.int16)
        score = 0.0 if self._previous is None else _change(self._previous, hsv)
        self._previous = hsv
        self._times_s.append(at_s)
        self._scores.append(score)
        self._dissolves.push(at_s, score, thumbnail)

    def finish(self, duration_s: float) -> tuple[Span, ...]:
        dissolves = self._dissolves.finish()
        cuts_s = [t for t in self._hard_cuts_s() if not any(d.start_s <= t <= d.end_s for d in dissolves)]
        cuts_s += [d.middle_s for d in dissolves if d.start_s > SHOT_LENGTH_MIN_S]
        return _between(sorted(cuts_s), duration_s)

    def _hard_cuts_s(self) -> list[float]:
        return [t for i, t in enumerate(self._times_s) if self._is_hard_cut(i)]

    def _is_hard_cut(self, index: int) -> bool:
        score = self._scores[index]
        if score < SUDDEN_SCORE:
            return False
        before = self._scores[max(0, index - NEIGHBOURS) : index]
        around = before + self._scores[index + 1 : index + 1 + NEIGHBOURS]
        return score >= CUT_SCORE or score >= SUDDEN_RATIO * (sum(around) / max(len(around), 1))


def _change(before: NDArray[np.int16], after: NDArray[np.int16]) -> float:
    """Mean over hue, saturation and value. The hue of OpenCV is an angle from 0 to 179, half the degrees."""
    change = np.abs(after - before).astype(np.float32)
    change[..., 0] = np.minimum(change[..., 0], 180 - change[..., 0])
    change[..., 0] *= np.minimum(before[..., 1], after[..., 1]) / 255
    return float(change.mean())


def _between(cuts_s: list[float], duration_s: float) -> tuple[Span, ...]:
    """Shots from 0 to `duration_s` without gaps, none shorter than `SHOT_LENGTH_MIN_S` except a single shot."""
    starts_s = [0.0]
    for cut_s in cuts_s:
        if cut_s - starts_s[-1] >= SHOT_LENGTH_MIN_S and duration_s - cut_s >= SHOT_LENGTH_MIN_S:
            starts_s.append(round(cut_s, 3))
    return tuple(span(a, b) for a, b in zip(starts_s, [*starts_s[1:], duration_s], strict=True))
