"""Spaces are restored where the recogniser considers them likely, and nowhere else."""

from typing import Any

import numpy as np
import pytest

from gpu_tasks.engines.text_reading.word_spaces import Scores, SpaceRestoringDecoder

CLASSES = ["", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", " "]


def steps(text: str, spaces: dict[int, float]) -> Scores:
    """Each letter is followed by a blank, at which the space has the probability `spaces[letter]`."""
    scores = np.zeros((1, 2 * len(text), len(CLASSES)), np.float32)
    for number, letter in enumerate(text):
        likely = spaces.get(number, 0.001)
        scores[0, 2 * number, CLASSES.index(letter)] = 0.9
        scores[0, 2 * number + 1, [0, -1]] = 1 - likely, likely
    return scores


def read(scores: Scores, **_: Any) -> tuple[str, float]:
    best, emits = scores[0].argmax(axis=1), scores[0].argmax(axis=1) != 0
    return "".join(CLASSES[n] for n in best), float(scores[0].max(axis=1)[emits].mean())


# The measured probabilities: 0.219 and 0.492 where words were run together, at most 0.001 inside a word.
@pytest.mark.parametrize(
    ("joined", "spaces", "expected"),
    [
        ("CHANNELTWO", {6: 0.219}, "CHANNEL TWO"),
        ("0301234567", {2: 0.492}, "030 1234567"),
        ("YOUTUBE", {}, "YOUTUBE"),
        ("ROOMB12", {3: 0.4, 4: 0.001}, "ROOM B12"),
        ("A4", {0: 0.011}, "A4"),  # between letters that are upside down
    ],
)
def test_words_that_were_run_together_are_split(joined: str, spaces: dict[int, float], expected: str) -> None:
    text, score = SpaceRestoringDecoder(read)(steps(joined, spaces))
    assert text == expected
    assert score == pytest.approx(0.9)
