"""Encodes shots into an MP4 file with H.264 video and AAC audio."""

from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np

from samples.format import VideoFormat
from samples.narrator import SAMPLE_RATE_HZ
from samples.pictures import frames
from samples.shots import Shot

_X264 = {"preset": "slow", "tune": "stillimage", "threads": "1"}
_MP4 = {"movflags": "+faststart", "fflags": "+bitexact"}


def record(clip: Sequence[Shot], path: Path, video_format: VideoFormat) -> None:
    with av.open(str(path), "w", options=_MP4) as container:
        settings = {"crf": str(video_format.crf), **_X264}
        video = container.add_stream("libx264", rate=video_format.frames_per_s, options=settings)
        video.width, video.height, video.pix_fmt = video_format.width, video_format.height, "yuv420p"
        audio = container.add_stream("aac", rate=SAMPLE_RATE_HZ, layout="mono", bit_rate=video_format.audio_bits_per_s)
        for shot in clip:
            for picture in frames(shot.scene, shot.frame_count, video_format):
                container.mux(video.encode(av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")))
            container.mux(audio.encode(_audio_frame(shot)))
        container.mux(video.encode())
        container.mux(audio.encode())


def _audio_frame(shot: Shot) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(shot.audio()[np.newaxis, :], format="fltp", layout="mono")
    frame.sample_rate = SAMPLE_RATE_HZ
    frame.pts = round(shot.start_s * SAMPLE_RATE_HZ)
    return frame
