"""What the index of a real file says about the rate of its frames and the distance of its key frames."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from cinedex.adapters.pyav.inspection import inspect
from cinedex.library.domain.probe import Probe

from tests.support.edited_media import beeping, remuxed, shifted

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


def test_an_avi_whose_clock_has_a_thousand_ticks_has_the_rate_of_its_frames(tmp_path: Path) -> None:
    """FFmpeg and many recorders write a variable rate so; the header counts ticks as frames."""
    clip = beeping(tmp_path / "clip.mkv", 4.0, picture="libvpx", sound=None)
    file = remuxed(tmp_path / "clip.avi", clip, lambda packet: packet if packet.pts % 80 == 0 else None)
    with av.open(str(file)) as container:
        assert container.streams.video[0].average_rate == 1000
    assert probed(file).avg_fps == pytest.approx(12.5, rel=0.02)


@pytest.mark.parametrize("name", ["clip.mkv", "clip.mp4"])
@pytest.mark.parametrize("kind", ["video", "audio"])
def test_a_track_without_a_packet_leaves_the_other_one(tmp_path: Path, name: str, kind: str) -> None:
    clip = beeping(tmp_path / "whole.mp4", 3.0, [1.0])
    found = probed(remuxed(tmp_path / name, clip, lambda packet: None if packet.stream.type == kind else packet))
    assert found.duration_s == pytest.approx(3.0, abs=0.1)
    assert (found.has_video, found.width) == ((False, None) if kind == "video" else (True, 160))


def test_frames_that_an_edit_list_leaves_out_are_not_counted(tmp_path: Path) -> None:
    clip = beeping(tmp_path / "whole.mp4", 8.0)
    found = probed(remuxed(tmp_path / "cut.mp4", clip, shifted(-2.0)))
    assert (found.avg_fps, found.duration_s) == (pytest.approx(25, rel=0.01), pytest.approx(6.0, abs=0.1))


def test_an_animated_png_is_a_video(tmp_path: Path) -> None:
    path = tmp_path / "clip.apng"
    with av.open(str(path), "w", format="apng") as container:
        stream = container.add_stream("apng", rate=5)
        stream.width, stream.height, stream.pix_fmt = 32, 16, "rgb24"
        for shade in range(10):
            picture = np.full((16, 32, 3), shade * 20, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    assert (probed(path).video_codec, probed(path).duration_s) == ("apng", pytest.approx(2.0, abs=0.1))
