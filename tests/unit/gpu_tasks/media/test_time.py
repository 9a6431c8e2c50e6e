"""Frames and samples have the times at which a player shows them, in every container and after every edit."""

import struct
from pathlib import Path

import pytest
from cinedex.adapters.pyav.inspection import inspect
from cinedex.kernel.span import Span, span

from gpu_tasks.media.frames import PictureReport, decode_frames
from tests.support.clips import FPS
from tests.support.edited_media import (
    beeping,
    beeps_in,
    changes_in,
    damaged,
    joined,
    remuxed,
    shifted,
    time_of,
    without,
)

BEEPS_S, CHANGES_S = (1.0, 4.0, 7.0), (2.0, 5.0)
EXACT = 0.1
CODECS = {"mkv": "aac", "ts": "ac3", "flv": "aac", "mp4": "aac", "webm": "libopus", "avi": "libmp3lame"}


def clip(folder: Path, kind: str, length_s: float = 8.0) -> Path:
    picture = "libvpx" if kind == "webm" else "libx264"
    return beeping(folder / f"whole.{kind}", length_s, BEEPS_S, CHANGES_S, picture=picture, sound=CODECS[kind])


def length_of(path: Path) -> float:
    report = PictureReport()
    for _ in decode_frames(path, report=report):
        pass
    return report.shown_until_s


@pytest.mark.parametrize("kind", [kind for kind in CODECS if kind != "avi"])  # AVI has no timestamps
def test_a_gap_in_the_sound_is_silence_of_its_length(tmp_path: Path, kind: str) -> None:
    path = remuxed(tmp_path / f"gap.{kind}", clip(tmp_path, kind), without("audio", 1.5, 3.5))
    assert beeps_in(path) == pytest.approx(BEEPS_S, abs=EXACT)


def test_many_small_gaps_do_not_add_up(tmp_path: Path) -> None:
    numbers = iter(range(10_000))
    lossy = remuxed(
        tmp_path / "lossy.mkv",
        clip(tmp_path, "mkv"),
        lambda p: None if p.stream.type == "audio" and next(numbers) % 8 == 0 else p,
    )
    assert beeps_in(lossy)[-1] == pytest.approx(7.0, abs=0.2)


def test_a_long_gap_takes_no_memory(tmp_path: Path) -> None:
    later = shifted(3600)
    path = remuxed(tmp_path / "late.mkv", clip(tmp_path, "mkv"), lambda p: later(p) if time_of(p) >= 3 else p)
    assert beeps_in(path) == pytest.approx([1.0, 3604.0, 3607.0], abs=EXACT)


@pytest.mark.parametrize("kind", CODECS)
def test_damaged_sound_costs_its_own_time(tmp_path: Path, kind: str) -> None:
    path = remuxed(tmp_path / f"damaged.{kind}", clip(tmp_path, kind), damaged("audio", 1.6, 3.4))
    found = [s for s in beeps_in(path) if not 1.3 < s < 3.6]
    assert found == pytest.approx(BEEPS_S, abs=0.15)


@pytest.mark.parametrize("kind", ["mkv", "webm", "ts", "flv"])
@pytest.mark.parametrize("start_s", [2.0, 1000.0])
def test_a_clock_that_does_not_begin_at_zero_is_shifted(tmp_path: Path, kind: str, start_s: float) -> None:
    path = remuxed(tmp_path / f"later.{kind}", clip(tmp_path, kind), shifted(start_s))
    assert beeps_in(path) == pytest.approx(BEEPS_S, abs=EXACT)
    assert changes_in(path) == pytest.approx(CHANGES_S, abs=EXACT)
    assert length_of(path) == pytest.approx(8.0, abs=0.1)


@pytest.mark.parametrize("kind", ["ts", "mpg"])
def test_recordings_joined_end_to_end_follow_each_other(tmp_path: Path, kind: str) -> None:
    codecs = ("mpeg2video", "mp2") if kind == "mpg" else ("libx264", "aac")
    first = beeping(tmp_path / f"a.{kind}", 4, [1], [2], picture=codecs[0], sound=codecs[1])
    second = beeping(tmp_path / f"b.{kind}", 6, [3], [5], picture=codecs[0], sound=codecs[1])
    path = joined(tmp_path / f"joined.{kind}", first, second, first)
    assert beeps_in(path) == pytest.approx([1, 7, 11], abs=0.2)
    assert changes_in(path) == pytest.approx([2, 4, 9, 10, 12], abs=0.2)
    assert length_of(path) == pytest.approx(14.0, abs=0.3)


@pytest.mark.parametrize("within", [span(1, 3), span(4.5, 6), span(9.5, 13), span(0, 14)])
def test_a_range_of_joined_recordings_has_the_frames_of_a_whole_pass(tmp_path: Path, within: Span) -> None:
    first = beeping(tmp_path / "a.ts", 4, [1], [2])
    path = joined(tmp_path / "joined.ts", first, beeping(tmp_path / "b.ts", 6, [3], [5]), first)
    report = PictureReport()
    whole = [(f.index, f.at_s) for f in decode_frames(path, report=report)]
    assert len(report.clock) == 3
    expected = [(index, at_s) for index, at_s in whole if within.start_s <= at_s + 1e-4 < within.end_s]
    found = [(f.index, f.at_s) for f in decode_frames(path, within, clock=report.clock)]
    assert [index for index, _ in found] == [index for index, _ in expected]
    assert [at_s for _, at_s in found] == pytest.approx([at_s for _, at_s in expected], abs=1e-3)


@pytest.mark.parametrize("declared_s", [2.0, 4680.0])
@pytest.mark.parametrize("kind", ["flv", "avi"])
def test_the_length_is_not_that_of_the_header(tmp_path: Path, kind: str, declared_s: float) -> None:
    path = clip(tmp_path, kind)
    data = bytearray(path.read_bytes())
    if kind == "flv":
        struct.pack_into(">d", data, data.index(b"duration") + 9, declared_s)
    else:  # the number of frames in the main header and in that of the picture
        struct.pack_into("<I", data, data.index(b"avih") + 24, round(FPS * declared_s))
        struct.pack_into("<I", data, data.index(b"strh") + 40, round(FPS * declared_s))
    path.write_bytes(data)
    assert length_of(path) == pytest.approx(8.0, abs=0.15)
    assert inspect(str(path), 20.0, 10**7).duration_s == pytest.approx(8.0, abs=0.15)


def test_a_counter_that_wraps_continues(tmp_path: Path) -> None:
    """The timestamps of a transport stream have 33 bits, 26.5 hours."""
    wrap_s = 2**33 / 90_000
    wraps = remuxed(tmp_path / "b.ts", clip(tmp_path, "ts"), shifted(wrap_s - 5.4), {"mpegts_copyts": "1"})
    assert beeps_in(wraps) == pytest.approx(BEEPS_S, abs=EXACT)
    path = joined(tmp_path / "joined.ts", clip(tmp_path, "ts"), wraps)
    assert beeps_in(path) == pytest.approx([*BEEPS_S, *(8 + s for s in BEEPS_S)], abs=0.2)
    assert changes_in(path) == pytest.approx([2, 5, 10, 13], abs=0.2)


def test_pictures_and_sound_of_a_join_have_the_same_offset(tmp_path: Path) -> None:
    """The sound of the first recording ends two seconds before its pictures."""
    first = remuxed(tmp_path / "a.ts", beeping(tmp_path / "x.ts", 6, [1], [2]), without("audio", 5.4, 99))
    path = joined(tmp_path / "joined.ts", first, beeping(tmp_path / "b.ts", 4, [2], [2]))
    assert beeps_in(path)[-1] == pytest.approx(8.0, abs=0.2)
    assert changes_in(path)[-1] == pytest.approx(8.0, abs=0.2)


@pytest.mark.parametrize("kind", ["mkv", "mp4", "ts", "flv"])
def test_a_range_contains_the_picture_that_stands_at_its_start(tmp_path: Path, kind: str) -> None:
    sparse = remuxed(tmp_path / f"sparse.{kind}", clip(tmp_path, kind), without("video", 2.5, 4.9))
    frames = list(decode_frames(sparse, span(3, 4), standing=True))
    assert [f.at_s for f in frames] == pytest.approx([2.5], abs=0.3)
    assert frames[0].thumbnail(4, 4, "gray").mean() > 128
