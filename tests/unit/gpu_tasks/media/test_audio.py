"""Audio is decoded into adjacent mono windows of limited length."""

from pathlib import Path

import numpy as np
import pytest
from cinedex.adapters.pyav.packets import Damage
from cinedex.adapters.pyav.streams import describe_tracks, open_media

from gpu_tasks.media.audio import SAMPLE_RATE_HZ, decode_audio
from gpu_tasks.task_errors import CorruptMedia
from tests.support.clips import textured, tone, write_sound, write_video
from tests.support.edited_media import beeping, beeps_in, damaged, joined, programmes, remuxed, shifted


def test_windows_are_adjacent_and_contain_every_sample(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.wav", tone(10))
    windows = list(decode_audio(path, window_length_s=3))
    ends_s = [w.end_s for w in windows]
    assert [w.start_s for w in windows] == pytest.approx([0.0, *ends_s[:-1]])
    assert sum(len(w.samples) for w in windows) == 10 * SAMPLE_RATE_HZ
    assert max(w.end_s - w.start_s for w in windows) <= 3.5


def test_a_window_ends_in_a_pause_and_not_in_a_word(tmp_path: Path) -> None:
    sound = np.concatenate([tone(2.5), tone(0.3, amplitude=0.0), tone(3)])
    first = next(decode_audio(write_sound(tmp_path / "a.wav", sound), window_length_s=3.5))
    assert 2.4 <= first.end_s <= 2.9


def test_the_audio_of_a_video_is_decoded(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4", [textured(1)] * 50, sound=tone(2))
    (window,) = decode_audio(path)
    assert window.end_s - window.start_s == pytest.approx(2.0, abs=0.2)
    assert float(np.abs(window.samples).max()) > 0.3


def test_a_video_without_audio_has_no_window(tmp_path: Path) -> None:
    assert list(decode_audio(write_video(tmp_path / "clip.mp4", [textured(1)] * 5))) == []


@pytest.mark.parametrize("channels", [(1, -1), (1, -0.8), (1, 0), (0, 1), (1, 1)])
@pytest.mark.parametrize("kind", ["wav", "mka"])
def test_sound_is_heard_whatever_the_phase_of_its_channels(
    tmp_path: Path, channels: tuple[float, float], kind: str
) -> None:
    codec = "pcm_s16le" if kind == "wav" else "flac"
    path = beeping(tmp_path / f"a.{kind}", 3, [1, 2], picture=None, sound=codec, layout="stereo", channels=channels)
    assert beeps_in(path) == pytest.approx([1, 2], abs=0.05)
    (window,) = decode_audio(path)
    loudness = 0.5 * 2**0.5 if channels == (1, 1) else 0.5
    assert float(np.abs(window.samples).max()) == pytest.approx(loudness, abs=0.05)


@pytest.mark.parametrize(("picture", "sound"), [("libx264", "aac"), ("mpeg2video", "mp2")])
@pytest.mark.parametrize("larger_first", [False, True])
def test_the_sound_is_of_the_programme_of_the_largest_picture(
    tmp_path: Path, picture: str, sound: str, larger_first: bool
) -> None:
    codecs = {"picture": picture, "sound": sound}
    small = beeping(tmp_path / "small.ts", 4, [1], **codecs)
    large = beeping(tmp_path / "large.ts", 4, [2, 3], size=(320, 192), **codecs)
    both = programmes(tmp_path / "both.ts", *((large, small) if larger_first else (small, large)))
    assert beeps_in(both) == pytest.approx([2, 3], abs=0.1)
    with open_media(str(both)) as container:
        assert (len(container.streams.video), len(describe_tracks(container))) == (2, 1)


@pytest.mark.parametrize(
    ("kind", "codec", "rates", "layouts"),
    [
        ("mp3", "libmp3lame", (44_100, 22_050), ("stereo", "mono")),
        ("mp3", "libmp3lame", (44_100, 44_100), ("stereo", "mono")),
        ("ts", "ac3", (48_000, 48_000), ("stereo", "5.1")),
        ("ts", "aac", (48_000, 24_000), ("mono", "mono")),
        ("aac", "aac", (48_000, 24_000), ("mono", "stereo")),
    ],
)
def test_a_change_of_rate_or_channels_is_followed(
    tmp_path: Path, kind: str, codec: str, rates: tuple[int, int], layouts: tuple[str, str]
) -> None:
    parts = [
        beeping(
            tmp_path / f"{number}.{kind}", 3, [1], picture=None, sound=codec, rate=rates[number], layout=layouts[number]
        )
        for number in (0, 1)
    ]
    assert beeps_in(joined(tmp_path / f"joined.{kind}", *parts)) == pytest.approx([1, 4], abs=0.2)


@pytest.mark.parametrize("kind", ["mkv", "mp4"])
def test_the_share_of_sound_that_cannot_be_decoded_is_counted(tmp_path: Path, kind: str) -> None:
    clip = beeping(tmp_path / f"clip.{kind}", 8, [1, 6])
    damage = Damage()
    path = remuxed(tmp_path / f"damaged.{kind}", clip, damaged("audio", 2, 4))
    list(decode_audio(path, damage=damage))
    assert 0.1 <= damage.share <= 0.3


def test_sound_of_which_nothing_can_be_decoded_is_corrupt(tmp_path: Path) -> None:
    clip = beeping(tmp_path / "clip.mkv", 2, [1], sound="flac")
    with pytest.raises(CorruptMedia):
        list(decode_audio(remuxed(tmp_path / "damaged.mkv", clip, damaged("audio", -1, 9))))


@pytest.mark.parametrize("offset_s", [5.0, 60.0])
def test_time_of_sound_starts_at_the_start_time_of_the_container(tmp_path: Path, offset_s: float) -> None:
    """As that of pictures: parts of a recording in MPEG-TS start where the part before has ended."""
    clip = beeping(tmp_path / "clip.ts", 4, [1, 3], [2])
    late = remuxed(tmp_path / "late.ts", clip, shifted(offset_s))
    assert beeps_in(late) == pytest.approx([1, 3], abs=0.15)
