"""Writes takes into an MP4 file, with pictures in H.264 and sound in AAC."""

from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np

from samples.format import Format
from samples.narrator import SAMPLE_RATE_HZ
from samples.pictures import frames
from samples.shots import Take

_X264 = {"preset": "slow", "tune": "stillimage", "threads": "1"}
_MP4 = {"movflags": "+faststart", "fflags": "+bitexact"}


def record(clip: Sequence[Take], path: Path, form: Format) -> None:
    with av.open(str(path), "w", options=_MP4) as container:
        settings = {"crf": str(form.crf), **_X264}
        video = container.add_stream("libx264", rate=form.frames_per_s, options=settings)
        video.width, video.height, video.pix_fmt = form.width, form.height, "yuv420p"
        audio = container.add_stream("aac", rate=SAMPLE_RATE_HZ, layout="mono", bit_rate=form.audio_bits_per_s)
        for take in clip:
            for picture in frames(take.scene, take.frame_count, form):
                container.mux(video.encode(av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")))
            container.mux(audio.encode(_audio_frame(take)))
        container.mux(video.encode())
        container.mux(audio.encode())


def _audio_frame(take: Take) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(take.sound()[np.newaxis, :], format="fltp", layout="mono")
    frame.sample_rate = SAMPLE_RATE_HZ
    frame.pts = round(take.start_s * SAMPLE_RATE_HZ)
    return frame
