"""Restores the spaces between words that the text recogniser considers likely but does not emit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

BLANK = 0  # class of connectionist temporal classification (CTC) for "no character"
SPACE = -1  # the last class of PP-OCR
SPACE_MIN = 0.1
"""Measured on 2,439 pairs of letters inside words and on the words that were run together: inside a word, the
probability of a space is at most 0.001; between joined words it was 0.22 or more, although below that of the blank."""

Scores = NDArray[np.float32]
"""Shape `(lines, steps, classes)`: probabilities of the classes at each step of each line."""


class SpaceRestoringDecoder:
    """Decodes as `decode` does, after `restore_spaces`."""

    def __init__(self, decode: Callable[..., Any]) -> None:
        self._decode = decode

    def __call__(self, scores: Scores, *args: Any, **options: Any) -> Any:
        restore_spaces(scores)
        return self._decode(scores, *args, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._decode, name)


def restore_spaces(scores: Scores) -> None:
    """Let the space win, in place, where only the blank exceeds it; the score of the line hardly changes."""
    for line in scores:
        likely = [step for step in np.flatnonzero(line[:, SPACE] >= SPACE_MIN) if line[step].argmax() == BLANK]
        if likely:
            confidence = _confidence(line)
            line[likely] = 0
            line[likely, SPACE] = confidence


def _confidence(line: NDArray[np.float32]) -> float:
    """The mean probability of the steps that emit a character."""
    best = line.argmax(axis=1)
    emits = best != BLANK
    return float(line.max(axis=1)[emits].mean()) if emits.any() else 0.0
