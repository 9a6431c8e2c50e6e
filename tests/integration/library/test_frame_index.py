"""What the index of a real file says about the rate of its frames and the distance of its key frames."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from cinedex.adapters.pyav.inspection import inspect
from cinedex.library.domain.probe import Probe

PIXELS_MAX = 8192 * 4608


def encoded(path: Path, fps: int, seconds: int, gop: int) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast", "sc_threshold": "0"})
        stream.width = stream.height = 16
        stream.pix_fmt, stream.gop_size = "yuv420p", gop
        picture = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), format="rgb24")
        for _ in range(fps * seconds):
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def probed(path: Path) -> Probe:
    return inspect(str(path), 30.0, PIXELS_MAX)


def test_a_file_with_one_key_frame_has_the_gap_of_its_length(tmp_path: Path) -> None:
    found = probed(encoded(tmp_path / "clip.mp4", fps=10, seconds=300, gop=100_000))
    assert found.key_frame_gap_s == pytest.approx(300, abs=0.2)


def test_regular_key_frames_have_their_distance(tmp_path: Path) -> None:
    found = probed(encoded(tmp_path / "clip.mp4", fps=10, seconds=300, gop=500))
    assert found.key_frame_gap_s == pytest.approx(50, abs=0.2)


@pytest.mark.parametrize("name", ["clip.mkv", "clip.ts"])
def test_a_container_without_an_index_of_all_frames_says_nothing(tmp_path: Path, name: str) -> None:
    assert probed(encoded(tmp_path / name, fps=10, seconds=60, gop=100_000)).key_frame_gap_s is None


def test_a_thousand_frames_per_second_are_measured(tmp_path: Path) -> None:
    assert probed(encoded(tmp_path / "clip.mp4", fps=1000, seconds=3, gop=250)).avg_fps == pytest.approx(1000, rel=0.01)
