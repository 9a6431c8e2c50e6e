"""A probe says what the analysis could not read, in sentences and to the tenth of a percent."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.library.domain.probe import AudioTrack, Probe
from pydantic import ValidationError

from tests.support.memory.scenario import TALKING_CLIP


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0.0005, "less than 0.1 %"),
        (0.00099, "less than 0.1 %"),
        (0.001, "0.1 %"),
        (0.123, "12.3 %"),
        (0.5, "50 %"),
        (0.9991, "99.9 %"),
        (0.99999, "99.9 %"),
        (1.0, "all"),
    ],
)
def test_a_damaged_file_says_how_much_of_it_could_not_be_decoded(share: float, written: str) -> None:
    picture = TALKING_CLIP.model_copy(update={"unreadable_picture": share})
    sound = TALKING_CLIP.model_copy(update={"unreadable_sound": share})
    assert picture.unreadable == f"The file is damaged: {written} of the pictures could not be decoded."
    assert sound.unreadable == f"The file is damaged: {written} of the sound could not be decoded."
    both = picture.model_copy(update={"unreadable_sound": 1.0}).unreadable
    assert both == f"The file is damaged: {written} of the pictures and all of the sound could not be decoded."


def test_a_file_that_was_decoded_whole_has_nothing_to_say() -> None:
    assert (TALKING_CLIP.unreadable, TALKING_CLIP.untranscribed) == (None, None)


@pytest.mark.parametrize(("length_s", "written"), [(0.1, 1), (0.9, 1), (1.4, 1), (1.6, 2), (61.2, 61)])
def test_speech_without_a_transcript_is_counted_in_whole_seconds_and_at_least_one(
    length_s: float, written: int
) -> None:
    probe = TALKING_CLIP.model_copy(update={"unknown_speech_s": length_s})
    assert str(probe.untranscribed).startswith(f"About {written} s of speech are not in the transcript")


def test_a_file_has_pictures_when_it_has_a_codec_of_pictures() -> None:
    assert TALKING_CLIP.has_video
    assert not TALKING_CLIP.model_copy(update={"video_codec": None}).has_video


@pytest.mark.parametrize(
    ("name", "allowed", "refused"),
    [
        ("duration_s", [0], [-0.1]),
        ("unreadable_picture", [0, 0.5, 1], [-0.1, 1.1]),
        ("unreadable_sound", [0, 0.5, 1], [-0.1, 1.1]),
        ("unknown_speech_s", [0, 0.5], [-0.1]),
    ],
)
def test_lengths_are_not_negative_and_shares_lie_between_none_and_all(
    name: str, allowed: list[float], refused: list[float]
) -> None:
    fields: dict[str, Any] = {"duration_s": 1, "format": "mp4"}
    assert [getattr(Probe.model_validate(fields | {name: value}), name) for value in allowed] == allowed
    for value in refused:
        with pytest.raises(ValidationError, match=name):
            Probe.model_validate(fields | {name: value})


def test_a_file_is_whole_and_its_tracks_are_plain_unless_something_else_is_known() -> None:
    probe = Probe(duration_s=1, format="mp4")
    assert (probe.unreadable_picture, probe.unreadable_sound, probe.unknown_speech_s) == (0, 0, 0)
    assert AudioTrack(index=0, codec="aac").is_default is False
    with pytest.raises(ValidationError):
        AudioTrack(index=-1, codec="aac")
