"""Which frames are read: labelled examples on both sides of each threshold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gpu_tasks.analyze_chunk.change_detection import SMALL_CHANGE_INTERVAL_S, THUMBNAIL, ChangeDetector

FAINT, VISIBLE = 10, 17
"""Grey levels on a black background: both change the gradients, and only the second is visible by itself."""


class Frame:
    def __init__(self, grey: NDArray[np.uint8], at_s: float) -> None:
        self._grey = grey
        self.at_s = at_s

    def thumbnail(self, *_: Any) -> NDArray[np.uint8]:
        return self._grey


def dots(count: int, level: int) -> NDArray[np.uint8]:
    """A black thumbnail with `count` dots, each of which changes one bit of the hash."""
    width, height = THUMBNAIL
    grey = np.zeros((height, width), np.uint8)
    places = [(row, column) for row in range(height) for column in range(1, width, 2)]
    for row, column in places[:count]:
        grey[row, column] = level
    return grey


def is_read(grey: NDArray[np.uint8], after_s: float) -> bool:
    """Whether a frame is read that comes so long after a black one."""
    detector, black, after = ChangeDetector(), Frame(dots(0, 0), 10.0), Frame(grey, 10.0 + after_s)
    frames: list[Any] = [black, after]
    assert detector.has_changed(frames[0])
    return detector.has_changed(frames[1])


@pytest.mark.parametrize(("bits", "expected"), [(0, False), (9, False), (10, True), (47, True)])
def test_a_small_change_is_read_when_ten_bits_differ(bits: int, expected: bool) -> None:
    assert is_read(dots(bits, FAINT), SMALL_CHANGE_INTERVAL_S) is expected


@pytest.mark.parametrize(("bits", "expected"), [(10, False), (47, False), (48, True)])
def test_a_new_picture_is_read_at_once_when_48_bits_differ(bits: int, expected: bool) -> None:
    assert is_read(dots(bits, FAINT), 0.2) is expected


@pytest.mark.parametrize(("pixels", "level", "expected"), [(2, VISIBLE, False), (3, VISIBLE, True), (9, 16, False)])
def test_a_short_title_is_read_when_three_pixels_visibly_differ(pixels: int, level: int, expected: bool) -> None:
    assert is_read(dots(pixels, level), SMALL_CHANGE_INTERVAL_S) is expected


@pytest.mark.parametrize(("level", "expected"), [(3, False), (4, True)])
def test_noise_of_three_levels_is_no_change(level: int, expected: bool) -> None:
    assert is_read(dots(100, level), SMALL_CHANGE_INTERVAL_S) is expected


@pytest.mark.parametrize(("after_s", "expected"), [(2.9, False), (3.0, True)])
def test_a_small_change_is_read_every_three_seconds_at_most(after_s: float, expected: bool) -> None:
    assert is_read(dots(20, FAINT), after_s) is expected
