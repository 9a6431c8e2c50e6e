"""Decides whether a large picture has small letters, and merges the lines of its two readings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from cinedex.analysis.domain.model_results import Box, ScreenLine
from numpy.typing import NDArray

TEXT_PROBABILITY_MIN = 0.6  # small letters have 0.6 to 0.99; edges of leaves, fur and roads have at most 0.5
SMALL_SIDE_MAX = 10  # pixels of the overview; the detector marks the core of a line, about half its height
LENGTH_MIN = 2.0  # times the height
WORD_AREA_MIN = 30  # pixels of the overview; smaller specks are the edges of larger things
SMALL_AREA_MIN = 60  # pixels of the overview, of all words
TITLE_SHARE_MIN = 1 / 40  # of the longer side; the overview reads lines of this height best
OVERLAP_MIN = 0.5  # of the smaller box


def has_small_letters(probability: NDArray[np.float32]) -> bool:
    """Whether long, low regions of the detector's probabilities cover the area of a word."""
    import cv2

    regions = (probability > TEXT_PROBABILITY_MIN).astype(np.uint8)
    statistics = cv2.connectedComponentsWithStats(regions)[2][1:]
    sides = np.sort(statistics[:, (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT)], axis=1)
    areas = statistics[:, cv2.CC_STAT_AREA]
    words = (sides[:, 0] <= SMALL_SIDE_MAX) & (sides[:, 1] >= LENGTH_MIN * sides[:, 0]) & (areas >= WORD_AREA_MIN)
    return bool(areas[words].sum() >= SMALL_AREA_MIN)


def merge_lines(overview: Sequence[ScreenLine], detail: Sequence[ScreenLine], side: int) -> tuple[ScreenLine, ...]:
    """Titles from the overview, and other lines from the detail; then what only one of them has found. No line twice.

    `side` is the longer side of the picture, in whose pixels the boxes are.
    """
    titles = [line for line in overview if line.box.y2 - line.box.y1 >= side * TITLE_SHARE_MIN]
    lines = [line for line in detail if not _is_among(line, titles)]
    for line in overview:
        if not _is_among(line, lines):
            below = (n for n, other in enumerate(lines) if other.box.y1 > line.box.y1)
            lines.insert(next(below, len(lines)), line)
    return tuple(lines)


def _is_among(line: ScreenLine, lines: Sequence[ScreenLine]) -> bool:
    return any(_overlap(line.box, other.box) >= OVERLAP_MIN for other in lines)


def _overlap(one: Box, other: Box) -> float:
    """The share of the smaller box that the boxes have in common."""
    width = min(one.x2, other.x2) - max(one.x1, other.x1)
    height = min(one.y2, other.y2) - max(one.y1, other.y1)
    return max(width, 0) * max(height, 0) / max(min(_area(one), _area(other)), 1)


def _area(box: Box) -> int:
    return (box.x2 - box.x1) * (box.y2 - box.y1)
