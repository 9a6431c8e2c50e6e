"""Which words of which language the engine for multilingual Whisper models yields; the model is scripted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from cinedex.analysis.domain.model_results import ModelInfo, Utterance

from gpu_tasks.engines.folder_models import multilingual_whisper
from gpu_tasks.engines.folder_models.multilingual_whisper import MultilingualWhisper
from gpu_tasks.engines.folder_models.speech_windows import SpeechWindow
from gpu_tasks.engines.roles import SpeechOptions, Translated, UnknownSpeech
from gpu_tasks.task_errors import EngineUnavailable

RATE = 16_000
WINDOWS = [SpeechWindow(0, 30 * RATE, 20.0), SpeechWindow(40 * RATE, 60 * RATE, 15.0)]
SOUND = np.zeros(60 * RATE, np.float32)


def segment(
    text: str, likelihood: float = -0.3, ratio: float = 1.5, seek: int = 0, at_s: float = 1.0
) -> SimpleNamespace:
    word = SimpleNamespace(start=at_s, end=at_s + 2, word=f" {text}", probability=0.9)
    return SimpleNamespace(
        text=f" {text}",
        start=at_s,
        end=at_s + 2,
        seek=seek,
        avg_logprob=likelihood,
        compression_ratio=ratio,
        temperature=0.0,
        words=[word],
    )


class ScriptedModel:
    """Detects one language after the other, and answers by language and task."""

    supported_languages = ("en", "de", "ja")

    def __init__(self, detected: list[tuple[str, float]], **answers: list[SimpleNamespace]) -> None:
        self.model = SimpleNamespace(is_multilingual=True)
        self.detected, self.answers, self.calls = detected, answers, list[tuple[str, str]]()

    def detect_language(self, _sound: Any) -> tuple[str, float, list[Any]]:
        return (*self.detected.pop(0), [])

    def transcribe(self, _sound: Any, *, language: str, task: str, **_: Any) -> tuple[Iterator[SimpleNamespace], None]:
        self.calls.append((language, task))
        return iter(self.answers[f"{task}_{language}"]), None


def heard(
    model: ScriptedModel, monkeypatch: pytest.MonkeyPatch, options: SpeechOptions | None = None
) -> list[Utterance | UnknownSpeech | Translated]:
    monkeypatch.setattr(multilingual_whisper, "speech_windows", lambda *_: WINDOWS)
    engine = MultilingualWhisper(ModelInfo(id="base", version="1"), {"base": Path()})
    engine._model = model  # type: ignore[assignment]
    return list(engine.transcribe(SOUND, options or SpeechOptions()))


def test_each_window_is_transcribed_in_its_language_at_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    model = ScriptedModel(
        [("en", 0.99), ("de", 0.97)], transcribe_en=[segment("Hello.")], transcribe_de=[segment("Hallo.")]
    )
    first, second = heard(model, monkeypatch)
    assert isinstance(first, Utterance)
    assert isinstance(second, Utterance)
    assert (first.language, first.text, first.span.start_s) == ("en", "Hello.", 1.0)
    assert (second.language, second.text, second.words[0].span.start_s) == ("de", "Hallo.", 41.0)


@pytest.mark.parametrize(("likelihood", "ratio"), [(-1.2, 1.5), (-0.3, 2.9)])
def test_words_beyond_the_limits_of_whispers_authors_are_dropped_and_the_language_is_named(
    monkeypatch: pytest.MonkeyPatch, likelihood: float, ratio: float
) -> None:
    model = ScriptedModel(
        [("en", 0.99), ("de", 0.97)],
        transcribe_en=[segment("Hello."), segment("Invented.", likelihood, ratio, seek=100)],
        transcribe_de=[],
    )
    _, dropped, without_words = heard(model, monkeypatch)
    assert (dropped, without_words) == (UnknownSpeech(2.0, "en"), UnknownSpeech(15.0, "de"))


def test_a_sound_whose_language_is_not_certain_is_not_transcribed(monkeypatch: pytest.MonkeyPatch) -> None:
    model = ScriptedModel([("ja", 0.3), ("de", 0.4)])
    assert heard(model, monkeypatch) == [UnknownSpeech(20.0), UnknownSpeech(15.0)]
    assert model.calls == []


def test_a_requested_language_is_not_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    model = ScriptedModel([], transcribe_de=[segment("Hallo.")])
    assert len(heard(model, monkeypatch, SpeechOptions("de-AT"))) == 2
    assert model.calls == [("de", "transcribe")] * 2


def test_a_translation_follows_and_english_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    model = ScriptedModel(
        [("en", 0.99), ("de", 0.97)],
        transcribe_en=[segment("Hello.")],
        transcribe_de=[segment("Hallo.")],
        translate_de=[segment("Hi there."), segment("Loop loop.", ratio=9.0, seek=100)],
    )
    translated = [s for s in heard(model, monkeypatch, SpeechOptions(translate_to="en")) if isinstance(s, Translated)]
    assert [(t.text, t.span.start_s) for t in translated] == [("Hello.", 1.0), ("Hi there.", 41.0)]
    assert ("en", "translate") not in model.calls


@pytest.mark.parametrize("options", [SpeechOptions("xx"), SpeechOptions(translate_to="fr")])
def test_what_the_model_does_not_know_makes_the_engine_unavailable(
    monkeypatch: pytest.MonkeyPatch, options: SpeechOptions
) -> None:
    with pytest.raises(EngineUnavailable):
        heard(ScriptedModel([]), monkeypatch, options)


def test_a_model_of_english_only_detects_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    model = ScriptedModel([], transcribe_en=[segment("Hello.")])
    model.model.is_multilingual = False
    assert [s.language for s in heard(model, monkeypatch) if isinstance(s, Utterance)] == ["en", "en"]
