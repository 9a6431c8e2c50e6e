"""Models that settings select in place of those of the profile: whether they are installed."""

from __future__ import annotations

from pathlib import Path

from local.emulator.launch import models
from local.errors import ModelMissing
from local.home import Home
from local.settings import LocalSettings


def require_models(home: Home, settings: LocalSettings) -> None:
    """Before the start, because a worker without its model ends at once. Raises `ModelMissing`."""
    folder = Path(models(home)["MODEL_WEIGHTS_DIR"])
    for variable, name in (("SPEECH_MODEL", settings.speech_model), ("TEXT_VECTOR_MODEL", settings.text_vector_model)):
        if name and not (folder / name).is_dir():
            raise ModelMissing(variable, name, folder)
