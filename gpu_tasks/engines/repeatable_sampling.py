"""Makes the sampling of a speech model repeatable, so that a repeated transcription has the same words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SEED = 1


class RepeatableSampling:
    """A model of CTranslate2 whose `generate` samples with the same random numbers at every call.

    Beam search has no random numbers. faster-whisper samples at a temperature above 0, only if beam search fails.
    CTranslate2 seeds one generator for each of its threads, at the first use, so that a sample depends on all earlier
    ones of the process. A model of its own for the call, from `load`, has new threads.
    """

    def __init__(self, model: Any, load: Callable[[], Any]) -> None:
        self._model, self._load = model, load

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def generate(self, *arguments: Any, **options: Any) -> Any:
        if "sampling_temperature" not in options:
            return self._model.generate(*arguments, **options)
        from ctranslate2 import set_random_seed

        set_random_seed(SEED)
        return self._load().generate(*arguments, **options)
