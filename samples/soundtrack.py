"""The audio of a clip: sentences with their times, and music in scenes without speech."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from samples.narrator import SAMPLE_RATE_HZ, Narrator, Waveform
from samples.script_model import ScriptScene

_LEAD_IN_S, _PAUSE_S = 0.9, 0.5

_CHORD_HZ = (110.0, 164.81, 220.0, 277.18, 329.63)
_MUSIC_LEVEL = 0.18


@dataclass(frozen=True)
class SpokenSentence:
    """A sentence with its waveform; `start_s` counts from the start of its scene."""

    text: str
    start_s: float
    wave: Waveform

    @property
    def end_s(self) -> float:
        return self.start_s + len(self.wave) / SAMPLE_RATE_HZ


def narrate(scene: ScriptScene, narrator: Narrator) -> list[SpokenSentence]:
    """The sentences of the scene in order, with a pause between them."""
    spoken: list[SpokenSentence] = []
    for sentence in scene.sentences:
        start_s = spoken[-1].end_s + _PAUSE_S if spoken else _LEAD_IN_S
        spoken.append(SpokenSentence(sentence, start_s, narrator.speak(sentence)))
    return spoken


def mix(spoken: Iterable[SpokenSentence], duration_s: float, *, music: bool) -> Waveform:
    """The audio of the scene, mono at the sample rate of the narrator."""
    track = _music(duration_s) if music else np.zeros(_samples(duration_s), np.float32)
    for sentence in spoken:
        first = _samples(sentence.start_s)
        track[first : first + len(sentence.wave)] += sentence.wave
    return track


def _music(duration_s: float) -> Waveform:
    """One chord that fades in and out; each note has a tremolo of another frequency."""
    time_s = np.arange(_samples(duration_s)) / SAMPLE_RATE_HZ
    swell = np.sin(np.pi * time_s / duration_s) ** 2
    notes = [
        np.sin(2 * np.pi * hertz * time_s) * (1 + 0.3 * np.sin(2 * np.pi * (0.3 + 0.1 * index) * time_s))
        for index, hertz in enumerate(_CHORD_HZ)
    ]
    music: Waveform = (_MUSIC_LEVEL * swell * np.mean(notes, axis=0)).astype(np.float32)
    return music


def _samples(duration_s: float) -> int:
    return round(duration_s * SAMPLE_RATE_HZ)
