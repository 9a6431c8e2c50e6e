"""A stack does not start with a model that is not installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.errors import ModelMissing
from local.home import Home
from local.selected_models import require_models
from local.settings import LocalSettings


def test_a_selected_model_has_to_be_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path)
    for variable in ("MODEL_WEIGHTS_DIR", "TEXT_VECTOR_MODEL"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("SPEECH_MODEL", "faster-whisper-base")
    with pytest.raises(ModelMissing, match="SPEECH_MODEL selects faster-whisper-base") as error:
        require_models(home, LocalSettings())
    assert "cinedex models pull faster-whisper-base" in (error.value.hint or "")
    (home.models / "faster-whisper-base").mkdir(parents=True)
    require_models(home, LocalSettings())


def test_without_a_selection_no_model_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("SPEECH_MODEL", "TEXT_VECTOR_MODEL"):
        monkeypatch.delenv(variable, raising=False)
    require_models(Home(tmp_path), LocalSettings())
    assert not (tmp_path / "models").exists()
