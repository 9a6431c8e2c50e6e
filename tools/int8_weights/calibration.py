"""Pictures with which the ranges of activations are measured: frames of the test media."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gpu_tasks.analyze_chunk.sampling import sampled
from gpu_tasks.engines.roles import Picture
from gpu_tasks.media.frames import decode_frames

CLIPS = {
    "cars_30s.mp4": 1.5,
    "people_139s.mp4": 5.0,
    "big_buck_bunny_30s.webm": 1.5,
    "nasa_narration_13s.mp4": 1.0,
    "frog_8s.mp4": 1.2,
}
"""Seconds between two frames."""
SIDE_MAX = 960


def frames_of_clips(media: Path) -> list[Picture]:
    return [picture for name, every_s in CLIPS.items() for picture in _frames(media / name, every_s)]


def _frames(path: Path, every_s: float) -> Iterator[Picture]:
    times_s = [number * every_s for number in range(30)]
    for frame in sampled(decode_frames(path), times_s):
        if frame.at_s < times_s[-1]:
            yield frame.picture(SIDE_MAX)
