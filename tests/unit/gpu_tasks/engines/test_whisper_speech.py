"""The engine yields words, or the length of speech whose words it does not believe, for each decoding window."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from cinedex.analysis.domain.model_results import ModelInfo, Utterance

from gpu_tasks.engines.roles import SpeechOptions, UnknownSpeech
from gpu_tasks.engines.whisper_speech import WhisperSpeech

LENGTH_S = 60
SURE, DOUBTFUL, UNLIKELY = -0.2, -0.7, -1.2
SILENCE = np.zeros(16_000 * LENGTH_S, np.float32)


def segment(text: str, start: float, end: float, seek: int = 0, likelihood: float = SURE) -> SimpleNamespace:
    word = SimpleNamespace(start=start, end=end, word=f" {text}", probability=0.9)
    return SimpleNamespace(
        text=f" {text}",
        start=start,
        end=end,
        seek=seek,
        avg_logprob=likelihood,
        compression_ratio=1.0,
        temperature=0.0,
        words=[word] if text else [],
    )


class ScriptedModel:
    """Answers each call with the next list of segments, and records the lengths of the sound in seconds."""

    def __init__(self, *answers: list[SimpleNamespace], voiced_s: float = 0.0) -> None:
        self.answers, self.voiced_s, self.lengths_s = list(answers), voiced_s, list[float]()

    def transcribe(self, waveform: Any, **_: Any) -> tuple[Iterator[SimpleNamespace], SimpleNamespace]:
        self.lengths_s.append(len(waveform) / 16_000)
        return iter(self.answers.pop(0)), SimpleNamespace(duration_after_vad=self.voiced_s)


def heard(model: ScriptedModel) -> list[Utterance | UnknownSpeech]:
    engine = WhisperSpeech(ModelInfo(id="whisper", version="1"), {"whisper-tiny-en": Path("model.bin")})
    engine._model = model  # type: ignore[assignment]
    return list(engine.transcribe(SILENCE, SpeechOptions()))


def test_likely_words_are_decoded_once() -> None:
    model = ScriptedModel([segment("Good morning.", 1, 3), segment("", 3, 4), segment("Sit down.", 5, 6)])
    assert [u.text for u in heard(model) if isinstance(u, Utterance)] == ["Good morning.", "Sit down."]
    assert model.lengths_s == [LENGTH_S]


def test_a_window_of_another_language_is_unknown_and_the_others_are_kept() -> None:
    foreign = [segment("He is a person.", 31, 34, 3000, UNLIKELY), segment("He is.", 34, 36, 3000, UNLIKELY)]
    model = ScriptedModel([segment("Good morning.", 1, 3), *foreign, segment("Goodbye.", 50, 52, 5000)])
    first, unknown, last = heard(model)
    assert isinstance(first, Utterance)
    assert isinstance(last, Utterance)
    assert (first.text, unknown, last.text) == ("Good morning.", UnknownSpeech(5), "Goodbye.")


@pytest.mark.parametrize(("again", "kept"), [("open the settings page", True), ("over sitting in peach", False)])
def test_doubtful_words_are_kept_if_slower_and_faster_sound_have_them_too(again: str, kept: bool) -> None:
    doubtful = segment("Open the settings page.", 10, 14, likelihood=DOUBTFUL)
    model = ScriptedModel([doubtful], [segment("Open the settings page", 0, 4)], [segment(again, 0, 4)])
    assert [isinstance(speech, Utterance) for speech in heard(model)] == [kept]
    assert model.lengths_s == pytest.approx([LENGTH_S, 6 * 1.06, 6 * 0.92])


@pytest.mark.parametrize(("voiced_s", "expected"), [(0.4, []), (7.0, [UnknownSpeech(7.0)])])
def test_speech_without_a_single_word_is_unknown(voiced_s: float, expected: list[UnknownSpeech]) -> None:
    assert heard(ScriptedModel([], voiced_s=voiced_s)) == expected
