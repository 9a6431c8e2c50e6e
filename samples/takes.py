"""Scenes with their place in the clip: how long each lasts and when its sentences are heard."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from samples.narrator import Narrator, Waveform
from samples.pictures import FRAMES_PER_S
from samples.screenplay import SCENES, Scene
from samples.soundtrack import Spoken, mix, narrate

_TAIL_S = 0.9


@dataclass(frozen=True)
class Take:
    """A scene of `frame_count` frames that starts at frame `start_frame` of the clip."""

    scene: Scene
    start_frame: int
    frame_count: int
    spoken: list[Spoken]

    @property
    def start_s(self) -> float:
        return self.start_frame / FRAMES_PER_S

    @property
    def end_s(self) -> float:
        return (self.start_frame + self.frame_count) / FRAMES_PER_S

    def sound(self) -> Waveform:
        return mix(self.spoken, self.end_s - self.start_s, music=self.scene.music)


def takes(narrator: Narrator) -> Iterator[Take]:
    """The whole screenplay, each scene as long as its narration needs."""
    start_frame = 0
    for scene in SCENES:
        spoken = narrate(scene, narrator)
        narrated_s = spoken[-1].end_s + _TAIL_S if spoken else 0.0
        frame_count = math.ceil(max(scene.lasts_s, narrated_s) * FRAMES_PER_S)
        yield Take(scene, start_frame, frame_count, spoken)
        start_frame += frame_count
