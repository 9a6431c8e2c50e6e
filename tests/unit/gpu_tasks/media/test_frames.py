"""Frames are decoded in order, upright, with their exact time and their index in the whole video."""

import itertools
import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from cinedex.adapters.pyav import packets
from cinedex.adapters.pyav.inspection import inspect
from cinedex.kernel.span import span

from gpu_tasks.media.frames import PictureReport, decode_frames
from gpu_tasks.task_errors import CorruptMedia, TaskFailed
from tests.support.clips import FPS, plain, textured, tone, write_sound, write_video
from tests.support.edited_media import beeping, damaged, remuxed


def greys(count: int) -> list[np.ndarray]:
    """Frame `n` has the grey level `2 n + 20`, so that its content identifies it."""
    return [plain((level, level, level)) for level in range(20, 20 + 2 * count, 2)]


def index_of(picture: np.ndarray) -> float:
    return (float(picture.mean()) - 20) / 2


def test_every_frame_has_its_time_and_index(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4", greys(50))
    frames = list(decode_frames(path))
    assert [f.index for f in frames] == list(range(50))
    assert [f.at_s for f in frames] == pytest.approx([n / FPS for n in range(50)], abs=1e-3)


def test_frames_of_a_range_have_the_index_of_the_whole_video(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4", greys(100))
    frames = list(decode_frames(path, span(1.5, 2.5)))
    assert [f.index for f in frames] == list(range(38, 63))
    assert index_of(frames[0].picture(160)) == pytest.approx(38, abs=1.5)


def test_adjacent_chunks_neither_skip_nor_repeat_a_frame(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4", greys(100))
    cuts = [0.0, 0.7, 1.96, 3.3, 4.0]
    indexes = [f.index for a, b in itertools.pairwise(cuts) for f in decode_frames(path, span(a, b))]
    assert indexes == list(range(100))


def test_a_variable_frame_rate_is_decoded_by_timestamp(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mkv", greys(20), pts_of=lambda n: n if n < 10 else 10 + (n - 10) * 5)
    frames = list(decode_frames(path, span(0.8, 10)))
    assert frames[0].index == 12
    assert frames[0].at_s == pytest.approx(20 / FPS, abs=2e-3)


def test_time_starts_at_the_start_time_of_the_container(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.ts", greys(20), pts_of=lambda n: n + 250)
    frames = list(decode_frames(path))
    assert (frames[0].at_s, len(frames)) == (0.0, 20)


def test_negative_timestamps_do_not_cause_a_negative_time(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mkv", greys(20), pts_of=lambda n: n - 5)
    assert all(f.at_s >= 0 for f in decode_frames(path))


def test_a_picture_is_scaled_by_its_longer_side(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4", [textured(1)] * 3)
    frame = next(iter(decode_frames(path)))
    assert (frame.width, frame.height) == (160, 96)
    assert frame.picture(80).shape == (48, 80, 3)
    assert frame.picture(4000).shape == (96, 160, 3)


def rotated(path: Path, source: Path, degrees: int) -> Path:
    """A copy of a clip with a rotation in its display matrix."""
    with av.open(str(source)) as read, av.open(str(path), "w") as written:
        stream = written.add_stream_from_template(read.streams.video[0])
        stream.set_display_rotation(degrees)
        for packet in read.demux(read.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                written.mux(packet)
    return path


@pytest.mark.parametrize("degrees", [90, -90])
def test_a_rotated_picture_is_upright(tmp_path: Path, degrees: int) -> None:
    left_white = plain((0, 0, 0))
    left_white[:, :80] = 255
    source = write_video(tmp_path / "source.mp4", [left_white] * 5)
    frame = next(iter(decode_frames(rotated(tmp_path / "upright.mp4", source, degrees))))
    picture = frame.picture(160)
    assert (frame.width, frame.height) == (96, 160)
    assert picture.shape == (160, 96, 3)
    white_half = picture[80:] if degrees == 90 else picture[:80]
    assert white_half.mean() > 200


UPRIGHT = plain((0, 0, 0), 160, 96)
UPRIGHT[:48, :80] = 255  # the upper left quarter is white, the lower right one grey
UPRIGHT[48:, 80:] = 128
MATRICES = list(itertools.product((1, -1), (1, -1), (False, True)))


@pytest.mark.parametrize(("x", "y", "transposed"), MATRICES)
@pytest.mark.parametrize("kind", ["mp4", "mov"])
def test_all_eight_orientations_are_shown_upright(tmp_path: Path, x: int, y: int, transposed: bool, kind: str) -> None:
    """A display matrix maps `(x, y)` of the stored picture to `(a x + c y, b x + d y)`."""
    stored = UPRIGHT[::y, ::x]
    stored = np.ascontiguousarray(stored.transpose(1, 0, 2) if transposed else stored)
    source = write_video(tmp_path / f"source.{kind}", [stored] * 5)
    a, b, c, d = (0, y, x, 0) if transposed else (x, 0, 0, y)
    path = with_matrix(tmp_path / f"shown.{kind}", source, a, b, c, d)
    frame = next(iter(decode_frames(path)))
    picture = frame.picture(160)
    assert (frame.width, frame.height) == (160, 96)
    assert np.abs(picture.astype(int) - UPRIGHT).mean() < 8
    probe = inspect(str(path), 20.0, 10**7)
    assert (probe.width, probe.height) == (160, 96)


def with_matrix(path: Path, source: Path, a: int, b: int, c: int, d: int) -> Path:
    """A copy with another matrix in the header of its track (`tkhd`)."""
    data = bytearray(source.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    data[at : at + 36] = struct.pack(">9i", *(n << 16 for n in (a, b, 0, c, d, 0, 0, 0)), 1 << 30)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", ["mp4", "mkv", "ts"])
@pytest.mark.parametrize(("shape", "width"), [(Fraction(64, 45), 228), (Fraction(8, 9), 142), (Fraction(900), 160)])
def test_pixels_that_are_not_square_are_shown_square(tmp_path: Path, kind: str, shape: Fraction, width: int) -> None:
    path = tmp_path / f"anamorphic.{kind}"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        stream.codec_context.sample_aspect_ratio = shape
        stream.sample_aspect_ratio = shape
        for n in range(5):
            frame = av.VideoFrame.from_ndarray(textured(1), format="bgr24")
            frame.pts, frame.time_base = n, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    frame = next(iter(decode_frames(path)))
    assert (frame.width, frame.height) == (width, 96)
    assert frame.picture(1000).shape == (96, width, 3)
    assert inspect(str(path), 20.0, 10**7).width == width


def test_a_damaged_range_has_no_frames_and_is_no_failure(tmp_path: Path) -> None:
    clip = beeping(tmp_path / "clip.mkv", 6, [1])
    path = remuxed(tmp_path / "damaged.mkv", clip, damaged("video", 2, 4))
    assert len(list(decode_frames(path, span(2.5, 3.5)))) <= 25
    assert [f.at_s for f in decode_frames(path, span(5, 5.1))] == pytest.approx([5.0, 5.04, 5.08], abs=1e-2)


@pytest.mark.parametrize("error", ["PermissionError", "ArgumentError", "PatchWelcomeError", "UnknownError"])
def test_any_error_of_a_decoder_costs_its_packet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: str) -> None:
    path = write_video(tmp_path / "clip.mp4", greys(50))
    decoder, numbers = packets.decode_packet, itertools.count()

    def fail_once(packet: object) -> object:
        if next(numbers) == 30:
            raise getattr(av.error, error)(1, "damaged")
        return decoder(packet)  # type: ignore[arg-type]

    monkeypatch.setattr(packets, "decode_packet", fail_once)
    report = PictureReport()
    assert len(list(decode_frames(path, report=report))) >= 49
    assert report.damage.share == pytest.approx(1 / 50, abs=0.005)


def test_a_file_of_which_no_frame_can_be_decoded_is_corrupt(tmp_path: Path) -> None:
    clip = beeping(tmp_path / "clip.mkv", 2, [1])
    with pytest.raises(CorruptMedia):
        list(decode_frames(remuxed(tmp_path / "damaged.mkv", clip, damaged("video", -1, 9))))


def test_damaged_packets_lose_only_their_own_frames(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.ts", [textured(n) for n in range(75)])
    damaged = bytearray(path.read_bytes())
    third = len(damaged) // 3
    damaged[third : third + 2000] = bytes(2000)
    path.write_bytes(damaged)
    assert 40 < len(list(decode_frames(path))) <= 75


def test_an_audio_file_has_no_frames(tmp_path: Path) -> None:
    assert list(decode_frames(write_sound(tmp_path / "a.wav", tone(1)))) == []


def test_an_invalid_file_is_corrupt_media(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(500))
    with pytest.raises(TaskFailed) as caught:
        list(decode_frames(tmp_path / "clip.mp4"))
    assert isinstance(caught.value, CorruptMedia)


def test_a_cover_picture_is_not_decoded_as_the_video(tmp_path: Path) -> None:
    path = tmp_path / "song.mp4"
    with av.open(str(path), "w") as container:
        small = container.add_stream("libx264", rate=FPS)
        small.width, small.height, small.pix_fmt = 64, 64, "yuv420p"
        large = container.add_stream("mjpeg", rate=1)
        large.width, large.height, large.pix_fmt = 160, 96, "yuvj420p"
        large.disposition = av.stream.Disposition.attached_pic
        for n in range(5):
            frame = av.VideoFrame.from_ndarray(plain((9, 9, 9), 64, 64), format="bgr24")
            frame.pts, frame.time_base = n, Fraction(1, FPS)
            container.mux(small.encode(frame))
        container.mux(small.encode(None))
        container.mux(large.encode(av.VideoFrame.from_ndarray(textured(1), format="bgr24")))
        container.mux(large.encode(None))
    assert {(f.width, f.height) for f in decode_frames(path)} == {(64, 64)}


def test_the_last_frames_are_decoded_whichever_stream_the_picture_is(tmp_path: Path) -> None:
    """A decoder that reorders frames, or has threads, gives its last frames for the empty packet at the end only."""
    path = tmp_path / "sound_first.mkv"
    with av.open(str(path), "w") as container:
        sound = container.add_stream("aac", rate=16_000, layout="mono")
        video = container.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 320, 240, "yuv420p"
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 16_000), np.float32), format="fltp", layout="mono")
        silence.sample_rate = 16_000
        container.mux(sound.encode(silence))
        for number in range(25):
            picture = np.full((240, 320, 3), 9 * number, np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux([*video.encode(), *sound.encode()])
    assert len(list(decode_frames(path))) == 25
