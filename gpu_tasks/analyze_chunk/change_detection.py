"""Tells whether a picture differs from the last one that was read, so that no page is read twice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gpu_tasks.media.frames import DecodedFrame

THUMBNAIL = (17, 16)
NOISE_LEVELS = 3  # grey levels that compression alone may add
CHANGED_BITS = 10  # of 256: something has moved or appeared
VISIBLE_LEVELS = 16  # grey levels by which letters darken or lighten a plain ground
CHANGED_CELLS = 3  # of 272: a short title on a plain ground, which changes hardly any bit
NEW_PICTURE_BITS = 48
PATIENCE_S = 3.0


class ChangeDetector:
    """Difference hash: one bit for each pixel of a tiny picture that is brighter than its left neighbour.

    A new picture is read at once, a small change (somebody walks by, a line is added) after at
    most `patience_s`: reading is the costliest step. Source: N. Krawetz, "Kind of Like That", 2013.
    """

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._last: _Look | None = None
        self._read_at_s = 0.0

    def has_changed(self, frame: DecodedFrame) -> bool:
        """True when the frame should be read; it is then what later frames are compared with."""
        look = _Look(frame.thumbnail(*THUMBNAIL, "gray").astype(np.int16))
        if self._last is not None and not self._is_due(look, self._last, frame.at_s):
            return False
        self._last, self._read_at_s = look, frame.at_s
        return True

    def _is_due(self, look: _Look, last: _Look, at_s: float) -> bool:
        if at_s - self._read_at_s < self._patience_s - 1e-3:
            return look.changed_bits(last) >= NEW_PICTURE_BITS
        return look.changed_bits(last) >= CHANGED_BITS or look.changed_cells(last) >= CHANGED_CELLS


@dataclass(frozen=True)
class _Look:
    """A tiny grey picture, by its slopes and by its brightness."""

    grey: NDArray[np.int16]

    def changed_bits(self, other: _Look) -> int:
        return int((self._bits != other._bits).sum())

    def changed_cells(self, other: _Look) -> int:
        return int((np.abs(self.grey - other.grey) > VISIBLE_LEVELS).sum())

    @property
    def _bits(self) -> NDArray[np.bool_]:
        bits: NDArray[np.bool_] = self.grey[:, 1:] > self.grey[:, :-1] + NOISE_LEVELS
        return bits
