"""A high frame rate and tiny pictures do not multiply the cost of decoding."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from gpu_tasks.media.frames import decode_frames

SECONDS = 2


def clip(path: Path, fps: int) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "medium"})
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        for number in range(fps * SECONDS):
            picture = np.full((32, 32, 3), 40 * (number // fps), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize(("fps", "share_max"), [(25, 1.0), (500, 0.7)])
def test_comparing_frames_of_a_high_rate_decodes_only_those_that_others_need(
    tmp_path: Path, fps: int, share_max: float
) -> None:
    path = clip(tmp_path / "clip.mp4", fps)
    frames = list(decode_frames(path, fast=True))
    assert len(frames) <= share_max * fps * SECONDS
    gaps_s = [b.at_s - a.at_s for a, b in pairwise(frames)]
    assert max(gaps_s) < 0.08  # the distance at which frames are compared


@pytest.mark.parametrize("fps", [25, 500])
def test_sampled_frames_are_numbered_among_all_frames(tmp_path: Path, fps: int) -> None:
    path = clip(tmp_path / "clip.mp4", fps)
    assert [frame.index for frame in decode_frames(path)] == list(range(fps * SECONDS))
