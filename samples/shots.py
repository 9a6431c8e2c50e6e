"""Scenes with their place in the clip: how long each lasts and when its sentences are heard."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from samples.format import Format
from samples.narrator import Narrator, Waveform
from samples.script_model import Scene
from samples.soundtrack import Spoken, mix, narrate

_TAIL_S = 0.9


@dataclass(frozen=True)
class Take:
    """A scene of `frame_count` frames that starts at frame `start_frame` of the clip."""

    scene: Scene
    start_frame: int
    frame_count: int
    frames_per_s: int
    spoken: list[Spoken]

    @property
    def start_s(self) -> float:
        return self.start_frame / self.frames_per_s

    @property
    def end_s(self) -> float:
        return (self.start_frame + self.frame_count) / self.frames_per_s

    def sound(self) -> Waveform:
        return mix(self.spoken, self.end_s - self.start_s, music=self.scene.music)


def takes(scenes: Sequence[Scene], narrator: Narrator, form: Format) -> Iterator[Take]:
    """The whole screenplay, each scene as long as its narration needs."""
    start_frame = 0
    for scene in scenes:
        spoken = narrate(scene, narrator)
        narrated_s = spoken[-1].end_s + _TAIL_S if spoken else 0.0
        frame_count = math.ceil(max(scene.lasts_s, narrated_s) * form.frames_per_s)
        yield Take(scene, start_frame, frame_count, form.frames_per_s, spoken)
        start_frame += frame_count
