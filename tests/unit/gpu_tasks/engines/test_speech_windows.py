"""Windows of up to 30 seconds, and a language for each that a short sound does not decide."""

from __future__ import annotations

from gpu_tasks.engines.folder_models.speech_windows import Detected, SpeechWindow, joined, settled

RATE = 16_000


def window(start_s: float, end_s: float) -> SpeechWindow:
    return SpeechWindow(round(start_s * RATE), round(end_s * RATE), end_s - start_s)


def test_stretches_are_joined_up_to_thirty_seconds() -> None:
    stretches = [(0, 10 * RATE), (12 * RATE, 29 * RATE), (31 * RATE, 40 * RATE)]
    assert joined(stretches) == [SpeechWindow(0, 29 * RATE, 27.0), SpeechWindow(31 * RATE, 40 * RATE, 9.0)]
    assert joined([]) == []


def test_a_window_that_is_not_certain_has_the_language_of_the_nearest_that_is() -> None:
    windows = [window(0, 30), window(31, 32), window(90, 120)]
    detected = [Detected("en", 0.99), Detected("ja", 0.3), Detected("de", 0.98)]
    assert settled(windows, detected) == ["en", "en", "de"]


def test_without_a_certain_window_no_language_is_named() -> None:
    assert settled([window(0, 2)], [Detected("ja", 0.3)]) == [None]


def test_the_language_may_change_in_every_window() -> None:
    windows = [window(0, 30), window(30, 60)]
    assert settled(windows, [Detected("en", 0.6), Detected("de", 0.6)]) == ["en", "de"]
