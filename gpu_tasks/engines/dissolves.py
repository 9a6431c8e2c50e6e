"""Detects dissolves and fades: short runs of change whose middle frame is a blend of the first and the last."""

from __future__ import annotations

import numpy as np
from cinedex.kernel.span import Span, span
from numpy.typing import NDArray

from gpu_tasks.engines.roles import Picture

RUN_SCORE = 3.0
DEBLOCKED_RUN_SCORE = 2.89
"""The deblocking filter of a decoder lowers small changes: in the median of a film by a factor of 0.963."""
RUN_LENGTH_MIN_S = 0.25
RUN_LENGTH_MAX_S = 2.5
CHANGE_MIN = 15.0  # grey levels between the two ends, averaged over the three channels
CHANGED_AREA_MIN = 0.65  # of the picture; less is a title that fades in over a running shot
BLEND_RESIDUAL_MAX = 0.35


class DissolveDetector:
    """Runs of frames whose change stays above a low threshold are candidates (the twin comparison of Zhang,
    Kankanhalli and Smoliar, "Automatic partitioning of full-motion video", 1993).

    In a dissolve from A to B the frame in the middle is a blend of A and B; in a pan or behind a moving object it is
    not. Runs longer than `RUN_LENGTH_MAX_S` are motion and are discarded.
    """

    def __init__(self, *, deblocked: bool = False) -> None:
        self._run_score = DEBLOCKED_RUN_SCORE if deblocked else RUN_SCORE
        self._run: list[tuple[float, Picture]] = []
        self._last: tuple[float, Picture] | None = None
        self._too_long = False
        self._dissolves: list[Span] = []

    def push(self, at_s: float, score: float, thumbnail: Picture) -> None:
        """`score` is the change since the previous frame, in the units of `content_shots`."""
        if score >= self._run_score and self._last is not None:
            self._extend(at_s, thumbnail)
        else:
            self._close()
        self._last = (at_s, thumbnail)

    def finish(self) -> list[Span]:
        self._close()
        return self._dissolves

    def _extend(self, at_s: float, thumbnail: Picture) -> None:
        if not self._run and self._last is not None:
            self._run.append(self._last)
        self._run.append((at_s, thumbnail))
        if at_s - self._run[0][0] > RUN_LENGTH_MAX_S:
            self._too_long = True
            self._run = self._run[-1:]

    def _close(self) -> None:
        run, self._run = self._run, []
        too_long, self._too_long = self._too_long, False
        if too_long or len(run) < 3 or run[-1][0] - run[0][0] < RUN_LENGTH_MIN_S:
            return
        if _is_blend([picture.astype(np.float32) for _, picture in run]):
            self._dissolves.append(span(run[0][0], run[-1][0]))


def _is_blend(pictures: list[NDArray[np.float32]]) -> bool:
    first, middle, last = pictures[0], pictures[len(pictures) // 2], pictures[-1]
    change = last - first
    if float((np.abs(change).mean(axis=2) >= CHANGE_MIN).mean()) < CHANGED_AREA_MIN:
        return False
    share = float(((middle - first) * change).sum() / (change * change).sum())
    residual = np.linalg.norm(middle - first - share * change) / np.linalg.norm(change)
    return 0.15 <= share <= 0.85 and float(residual) <= BLEND_RESIDUAL_MAX
