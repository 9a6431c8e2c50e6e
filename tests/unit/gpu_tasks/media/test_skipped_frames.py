"""Frames that nothing needs are not decoded, and the others are the same as if all were."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from gpu_tasks.analyze_chunk.sampling import sampled
from gpu_tasks.detect_shots.selection import EachSample, Pace
from gpu_tasks.detect_shots.task import COMPARED_FPS, _needed
from gpu_tasks.media.frames import DecodedFrame, decode_frames

FPS = 50
COUNT = 150


def clip(path: Path, encoding: str, pts_of: Callable[[int], int] = lambda number: number) -> Path:
    """Moving bars, encoded with frames to which no other refers."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "veryfast", "x264-params": encoding})
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for number in range(COUNT):
            row = (np.arange(64) * 4 + number * 7).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(np.tile(row[None, :, None], (64, 1, 3)), format="rgb24")
            frame.pts, frame.time_base = pts_of(number), Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def seen(frames: list[DecodedFrame]) -> list[tuple[float, int, bytes]]:
    return [(f.at_s, f.index, f.raw.to_ndarray(format="gray").tobytes()) for f in frames]


def compared(frames: list[DecodedFrame]) -> list[DecodedFrame]:
    pace = Pace(COMPARED_FPS)
    return [frame for frame in frames if pace.is_due(frame.at_s)]


KINDS = {
    "nested": "bframes=3:b-pyramid=normal:b-adapt=0:scenecut=0",
    "many": "bframes=8:b-pyramid=none:b-adapt=0:scenecut=0",
    "none": "bframes=0",
}


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
@pytest.mark.parametrize("kind", KINDS)
def test_compared_and_sampled_frames_are_those_of_a_whole_decoding(tmp_path: Path, kind: str, suffix: str) -> None:
    path = clip(tmp_path / f"clip{suffix}", KINDS[kind])
    every, some = list(decode_frames(path)), list(decode_frames(path, is_needed=_needed(1.0)))
    times_s = [0.0, 1.0, 2.0, 3.0, 4.0]
    assert len(every) == COUNT
    assert (len(some) < 0.8 * COUNT) == (kind != "none")
    assert seen(compared(some)) == seen(compared(every))
    assert seen(list(sampled(some, times_s))) == seen(list(sampled(every, times_s)))


def test_a_picture_that_stands_is_decoded(tmp_path: Path) -> None:
    """It is the last one before a gap, and neither compared nor sampled itself."""
    path = clip(tmp_path / "clip.mp4", KINDS["many"], lambda number: number if number < 61 else number + 200)
    every, some = list(decode_frames(path)), list(decode_frames(path, is_needed=_needed(1.0)))
    times_s = [float(second) for second in range(8)]
    assert max(b.at_s - a.at_s for a, b in pairwise(every)) > 3
    assert seen(list(sampled(some, times_s))) == seen(list(sampled(every, times_s)))


def test_nothing_is_skipped_in_interlaced_video(tmp_path: Path) -> None:
    path = clip(tmp_path / "clip.mkv", KINDS["nested"] + ":tff=1")
    assert len(list(decode_frames(path, is_needed=lambda _: False))) == COUNT


def test_samples_that_one_frame_serves_are_due_once() -> None:
    sample = EachSample(2.0)
    assert [at_s for at_s in (0.0, 0.2, 0.4995, 1.4, 1.5, 1.6) if sample.is_due(at_s)] == [0.0, 0.4995, 1.4, 1.5]
