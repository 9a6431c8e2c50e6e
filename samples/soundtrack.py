"""The sound of the sample clip: when each sentence is spoken, and soft music where nobody speaks."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from samples.narrator import SAMPLE_RATE_HZ, Narrator, Waveform
from samples.script_model import Scene

_LEAD_IN_S, _PAUSE_S = 0.9, 0.5

_CHORD_HZ = (110.0, 164.81, 220.0, 277.18, 329.63)
_MUSIC_LEVEL = 0.18


@dataclass(frozen=True)
class Spoken:
    """A sentence and when, in seconds from the start of its scene, it is heard."""

    text: str
    start_s: float
    wave: Waveform

    @property
    def end_s(self) -> float:
        return self.start_s + len(self.wave) / SAMPLE_RATE_HZ


def narrate(scene: Scene, narrator: Narrator) -> list[Spoken]:
    """The scene's sentences, one after the other with a pause between them."""
    spoken: list[Spoken] = []
    for sentence in scene.sentences:
        start_s = spoken[-1].end_s + _PAUSE_S if spoken else _LEAD_IN_S
        spoken.append(Spoken(sentence, start_s, narrator.say(sentence)))
    return spoken


def mix(spoken: Iterable[Spoken], duration_s: float, *, music: bool) -> Waveform:
    """The scene's sound, mono at the narrator's sample rate."""
    track = _music(duration_s) if music else np.zeros(_samples(duration_s), np.float32)
    for sentence in spoken:
        first = _samples(sentence.start_s)
        track[first : first + len(sentence.wave)] += sentence.wave
    return track


def _music(duration_s: float) -> Waveform:
    """One chord that swells and fades, each note trembling at its own pace."""
    time_s = np.arange(_samples(duration_s)) / SAMPLE_RATE_HZ
    swell = np.sin(np.pi * time_s / duration_s) ** 2
    notes = [
        np.sin(2 * np.pi * hertz * time_s) * (1 + 0.3 * np.sin(2 * np.pi * (0.3 + 0.1 * place) * time_s))
        for place, hertz in enumerate(_CHORD_HZ)
    ]
    music: Waveform = (_MUSIC_LEVEL * swell * np.mean(notes, axis=0)).astype(np.float32)
    return music


def _samples(duration_s: float) -> int:
    return round(duration_s * SAMPLE_RATE_HZ)
