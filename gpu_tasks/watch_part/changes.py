"""Tells whether a picture differs from the last one that was read, so that no page is read twice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gpu_tasks.media.frames import DecodedFrame

THUMBNAIL = (17, 16)
NOISE_LEVELS = 3  # grey levels that compression alone may add
CHANGED_BITS = 10  # of 256: something has moved or appeared
NEW_PICTURE_BITS = 48
PATIENCE_S = 3.0


class ChangeWatch:
    """Difference hash: one bit for each pixel of a tiny picture that is brighter than its left neighbour.

    A new picture is read at once, a small change (somebody walks by, a line is added) after at
    most `PATIENCE_S`: reading is the costliest step. Source: N. Krawetz, "Kind of Like That", 2013.
    """

    def __init__(self) -> None:
        self._last: NDArray[np.bool_] | None = None
        self._read_at_s = 0.0

    def has_changed(self, frame: DecodedFrame) -> bool:
        """True when the frame should be read; it is then what later frames are compared with."""
        grey = frame.thumbnail(*THUMBNAIL, "gray").astype(np.int16)
        bits = grey[:, 1:] > grey[:, :-1] + NOISE_LEVELS
        if self._last is not None and not self._is_due(int((bits != self._last).sum()), frame.at_s):
            return False
        self._last, self._read_at_s = bits, frame.at_s
        return True

    def _is_due(self, changed_bits: int, at_s: float) -> bool:
        patient = at_s - self._read_at_s < PATIENCE_S - 1e-3
        return changed_bits >= (NEW_PICTURE_BITS if patient else CHANGED_BITS)
