"""Schedules scenes: the start and length of each scene, and the times of its sentences."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from samples.format import VideoFormat
from samples.narrator import Narrator, Waveform
from samples.script_model import ScriptScene
from samples.soundtrack import SpokenSentence, mix, narrate

_TAIL_S = 0.9


@dataclass(frozen=True)
class Shot:
    """A scene of `frame_count` frames that starts at frame `start_frame` of the clip."""

    scene: ScriptScene
    start_frame: int
    frame_count: int
    frames_per_s: int
    spoken: list[SpokenSentence]

    @property
    def start_s(self) -> float:
        return self.start_frame / self.frames_per_s

    @property
    def end_s(self) -> float:
        return (self.start_frame + self.frame_count) / self.frames_per_s

    def audio(self) -> Waveform:
        return mix(self.spoken, self.end_s - self.start_s, music=self.scene.music)


def schedule(scenes: Sequence[ScriptScene], narrator: Narrator, video_format: VideoFormat) -> Iterator[Shot]:
    """The scenes in order, each as long as its narration."""
    start_frame = 0
    for scene in scenes:
        spoken = narrate(scene, narrator)
        narrated_s = spoken[-1].end_s + _TAIL_S if spoken else 0.0
        frame_count = math.ceil(max(scene.length_min_s, narrated_s) * video_format.frames_per_s)
        yield Shot(scene, start_frame, frame_count, video_format.frames_per_s, spoken)
        start_frame += frame_count
