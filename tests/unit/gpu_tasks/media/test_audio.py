"""Audio is decoded into adjacent mono windows of limited length."""

from pathlib import Path

import numpy as np
import pytest

from gpu_tasks.media.audio import SAMPLE_RATE_HZ, decode_audio
from tests.support.clips import textured, tone, write_sound, write_video


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
