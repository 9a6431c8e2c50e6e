"""Detects whether a frame differs from the last frame that was read, so that the same text is not read twice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gpu_tasks.media.frames import DecodedFrame

THUMBNAIL = (17, 16)
NOISE_LEVELS = 3  # grey levels that compression alone may add
CHANGED_BITS = 10  # of 256: an object has moved or appeared
VISIBLE_LEVELS = 16  # grey levels by which letters darken or lighten a plain background
CHANGED_PIXELS = 3  # of 272: a short title on a plain background, which changes hardly any bit
NEW_PICTURE_BITS = 48
SMALL_CHANGE_INTERVAL_S = 3.0


class ChangeDetector:
    """Difference hash (dHash): one bit for each pixel of a thumbnail that is brighter than its left neighbour.

    A new picture is read at once. A small change (a person walks by, a line is added) is read at most once in
    `small_change_interval_s`, because reading is the most expensive step.
    Source: N. Krawetz, "Kind of Like That", 2013.
    """

    def __init__(self, small_change_interval_s: float = SMALL_CHANGE_INTERVAL_S) -> None:
        self._interval_s = small_change_interval_s
        self._last: _Thumbnail | None = None
        self._read_at_s = 0.0

    def has_changed(self, frame: DecodedFrame) -> bool:
        """True when the frame is to be read; later frames are then compared with it."""
        thumbnail = _Thumbnail(frame.thumbnail(*THUMBNAIL, "gray").astype(np.int16))
        if self._last is not None and not self._is_due(thumbnail, self._last, frame.at_s):
            return False
        self._last, self._read_at_s = thumbnail, frame.at_s
        return True

    def _is_due(self, thumbnail: _Thumbnail, last: _Thumbnail, at_s: float) -> bool:
        if at_s - self._read_at_s < self._interval_s - 1e-3:
            return thumbnail.changed_bits(last) >= NEW_PICTURE_BITS
        return thumbnail.changed_bits(last) >= CHANGED_BITS or thumbnail.changed_pixels(last) >= CHANGED_PIXELS


@dataclass(frozen=True)
class _Thumbnail:
    """Grey levels of a frame; compared by their horizontal gradients and by their values."""

    grey: NDArray[np.int16]

    def changed_bits(self, other: _Thumbnail) -> int:
        return int((self._bits != other._bits).sum())

    def changed_pixels(self, other: _Thumbnail) -> int:
        return int((np.abs(self.grey - other.grey) > VISIBLE_LEVELS).sum())

    @property
    def _bits(self) -> NDArray[np.bool_]:
        bits: NDArray[np.bool_] = self.grey[:, 1:] > self.grey[:, :-1] + NOISE_LEVELS
        return bits
