"""The engine for multilingual Whisper models with a real, tiny model: from its pins to words with times."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from cinedex.analysis.domain.model_results import Utterance

from gpu_tasks.engines.folder_models import multilingual_whisper
from gpu_tasks.engines.folder_models.speech_windows import SpeechWindow
from gpu_tasks.engines.pinned_folder import pin
from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.engines.roles import Speech, SpeechOptions, Translated
from gpu_tasks.task_errors import EngineUnavailable
from tests.support.tiny_whisper import LANGUAGES, write_tiny_whisper

RATE = 16_000
SOUND = np.random.default_rng(7).normal(0, 0.1, 3 * RATE).astype(np.float32)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MODEL_WEIGHTS_DIR", str(tmp_path))
    monkeypatch.setenv("SPEECH_MODEL", "tiny")
    monkeypatch.setattr(multilingual_whisper, "speech_windows", lambda *_: [SpeechWindow(RATE, 3 * RATE, 2.0)])
    write_tiny_whisper(tmp_path / "tiny")
    pin(tmp_path / "tiny")
    return tmp_path / "tiny"


def heard(options: SpeechOptions) -> list[Speech]:
    return list(EngineRegistry("cpu").speech.transcribe(SOUND, options))


def test_a_model_is_loaded_and_decodes_the_same_twice(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Random words pass no limit of Whisper's authors, so that they are believed here."""
    monkeypatch.setattr(multilingual_whisper, "follow_the_sound", lambda _: True)
    monkeypatch.setitem(multilingual_whisper.DECODING, "temperature", 0.0)
    monkeypatch.setitem(multilingual_whisper.DECODING, "max_new_tokens", 20)
    monkeypatch.setitem(multilingual_whisper.DECODING, "no_speech_threshold", None)
    first, second = heard(SpeechOptions("de", translate_to="en")), heard(SpeechOptions("de", translate_to="en"))
    assert first == second
    spans = [speech.span for speech in first if isinstance(speech, Utterance | Translated)]
    assert len(spans) > 1
    assert all(1 <= part.start_s <= part.end_s <= 3 for part in spans)
    assert EngineRegistry("cpu").model("speech").id == "tiny"


def test_a_decoding_that_samples_has_the_same_words_twice_in_one_process(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(multilingual_whisper, "follow_the_sound", lambda _: True)
    monkeypatch.setitem(multilingual_whisper.DECODING, "temperature", 1.0)
    monkeypatch.setitem(multilingual_whisper.DECODING, "max_new_tokens", 20)
    monkeypatch.setitem(multilingual_whisper.DECODING, "no_speech_threshold", None)
    engine = EngineRegistry("cpu").speech
    first, second = (list(engine.transcribe(SOUND, SpeechOptions("de"))) for _ in range(2))
    assert first
    assert first == second


def test_the_language_is_that_of_the_library(folder: Path) -> None:
    from faster_whisper import WhisperModel

    model = WhisperModel(str(folder), device="cpu", compute_type="int8", local_files_only=True)
    language, probability, others = model.detect_language(SOUND[RATE:])
    assert {code for code, _ in others} == set(LANGUAGES)
    engine = EngineRegistry("cpu").speech
    assert engine._detected(SOUND[RATE:]) == (language, probability)  # type: ignore[attr-defined]


def test_a_changed_model_is_refused(folder: Path) -> None:
    (folder / "model.bin").write_bytes((folder / "model.bin").read_bytes()[:-1] + b"!")
    with pytest.raises(EngineUnavailable, match="not the pinned file"):
        heard(SpeechOptions())


def test_a_folder_that_is_no_whisper_model_is_named(folder: Path) -> None:
    (folder / "pins.json").unlink()
    (folder / "model.bin").write_bytes(b"\x06\0\0\0")
    pin(folder)
    with pytest.raises(EngineUnavailable, match="no Whisper model"):
        heard(SpeechOptions())
