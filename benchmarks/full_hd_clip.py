"""Makes a clip in 1080p with speech from the test media, because none of them has that size."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.video.frame import VideoFrame

PARTS = {
    "cars_30s.mp4": 6,
    "big_buck_bunny_30s.webm": 7,
    "people_139s.mp4": 3,
    "nasa_narration_13s.mp4": 4,
    "frog_8s.mp4": 4,
}
"""Seconds of each picture."""
SPEECH = "two_cities.wav"
WIDTH, HEIGHT, FPS = 1920, 1080, 30
SAMPLE_RATE_HZ = 44_100
ENCODING = {"preset": "superfast", "crf": "20", "bf": "3"}


def write_full_hd(path: Path, media: Path) -> Path:
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=FPS, options=ENCODING)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        sound = container.add_stream("aac", rate=SAMPLE_RATE_HZ, layout="stereo")
        for number, frame in enumerate(_pictures(media)):
            picture = frame.reformat(WIDTH, HEIGHT, "yuv420p")
            picture.pts, picture.time_base, picture.pict_type = number, Fraction(1, FPS), 0
            container.mux(video.encode(picture))
        container.mux(video.encode(None))
        for samples in _speech(media / SPEECH, sum(PARTS.values())):
            container.mux(sound.encode(samples))
        container.mux(sound.encode(None))
    return path


def _pictures(media: Path) -> Iterator[VideoFrame]:
    """Each frame until the next one is shown, at `FPS`."""
    for name, seconds in PARTS.items():
        with av.open(str(media / name)) as source:
            stream = max(source.streams.video, key=lambda s: s.width)
            stream.thread_type = "AUTO"
            count = 0
            for frame in source.decode(stream):
                while count < seconds * FPS and count <= (frame.time or 0.0) * FPS:
                    yield frame
                    count += 1
                if count >= seconds * FPS:
                    break


def _speech(path: Path, seconds: int) -> Iterator[Any]:
    resampler = av.AudioResampler("fltp", "stereo", SAMPLE_RATE_HZ)
    with av.open(str(path)) as source:
        for frame in source.decode(audio=0):
            if frame.time is None or frame.time >= seconds:
                return
            yield from resampler.resample(frame)
