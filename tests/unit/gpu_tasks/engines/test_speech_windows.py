"""Windows of up to 30 seconds, and a language for each that a short sound does not decide."""

from __future__ import annotations

import numpy as np
import pytest

from gpu_tasks.engines.folder_models.speech_windows import Detected, SpeechWindow, detect, joined, settled

RATE = 16_000


def window(start_s: float, end_s: float) -> SpeechWindow:
    return SpeechWindow(round(start_s * RATE), round(end_s * RATE), end_s - start_s)


def test_stretches_are_joined_up_to_thirty_seconds() -> None:
    stretches = [(0, 10 * RATE), (12 * RATE, 29 * RATE), (31 * RATE, 40 * RATE)]
    assert joined(stretches) == [SpeechWindow(0, 29 * RATE, 27.0), SpeechWindow(31 * RATE, 40 * RATE, 9.0)]
    assert joined([]) == []


def test_a_window_that_is_not_certain_has_the_language_of_the_nearest_that_is() -> None:
    windows = [window(0, 30), window(31, 32), window(90, 120)]
    detected = [Detected("en", True), Detected("ja", False), Detected("de", True)]
    assert settled(windows, detected) == ["en", "en", "de"]


def test_without_a_certain_window_no_language_is_named() -> None:
    assert settled([window(0, 2)], [Detected("ja", False)]) == [None]


def test_the_language_may_change_in_every_window() -> None:
    windows = [window(0, 30), window(30, 60)]
    assert settled(windows, [Detected("en", True), Detected("de", True)]) == ["en", "de"]


@pytest.mark.parametrize(
    ("answers", "certain", "calls"),
    [
        ([("de", 0.97)], True, 1),
        ([("ja", 0.3)], False, 1),
        ([("es", 0.85), ("es", 0.88), ("es", 0.81)], True, 3),
        ([("th", 0.92), ("th", 0.68), ("ja", 0.52)], False, 3),
    ],
)
def test_a_doubtful_language_has_to_be_that_of_slower_and_faster_sound(
    answers: list[tuple[str, float]], certain: bool, calls: int
) -> None:
    """The answers of a real model for German, noise, Spanish and Japanese."""
    lengths: list[int] = []

    def detect_language(sound: np.ndarray) -> tuple[str, float]:
        lengths.append(len(sound))
        return answers[len(lengths) - 1]

    assert detect(np.zeros(1000, np.float32), detect_language) == Detected(answers[0][0], certain)
    assert lengths == [1000, 1060, 920][:calls]
