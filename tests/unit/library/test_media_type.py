"""The suffix of a media file: from the declared type, or from its first bytes."""

from __future__ import annotations

import pytest
from cinedex.library.domain.media_type import HEAD_BYTES, media_suffix


@pytest.mark.parametrize(
    ("head", "suffix"),
    [
        (b"\x00\x00\x00\x14ftypqt  ", ".mov"),
        (b"\x00\x00\x00\x20ftypM4A ", ".m4a"),
        (b"\x00\x00\x00\x20ftypisom", ".mp4"),
        (b"\x00\x00\x00\x08moov", ".mov"),
        (b"\x00\x00\x00\x08mdat", ".mov"),
        (b"\x1a\x45\xdf\xa3\x01\x00", ".mkv"),
        (b"RIFF\x24\x00\x00\x00AVI LIST", ".avi"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", ".wav"),
        (b"OggS\x00\x02", ".ogg"),
        (b"fLaC\x00\x00", ".flac"),
        (b"FLV\x01\x05", ".flv"),
        (b"ID3\x04\x00", ".mp3"),
        (b"\xff\xfb\x90\x64", ".mp3"),
        (b"\xff\xf1\x50\x80", ".aac"),
        (b"\x00\x00\x01\xba\x44", ".mpg"),
        (b"\x47\x40\x11\x10", ".ts"),
        (b"<!DOCTYPE html>", None),
        (b"An ID3 tag", None),
        (b"", None),
    ],
)
def test_the_first_bytes_name_the_container(head: bytes, suffix: str | None) -> None:
    assert media_suffix("application/octet-stream", head) == suffix


def test_a_declared_type_of_media_comes_before_the_first_bytes() -> None:
    assert media_suffix("Video/WebM; codecs=vp9", b"\x1a\x45\xdf\xa3") == ".webm"
    assert media_suffix("video/mp4", b"<!DOCTYPE html>") == ".mp4"


@pytest.mark.parametrize(
    ("content_type", "suffix"),
    [
        ("audio/aac", ".aac"), ("audio/flac", ".flac"), ("audio/mp4", ".m4a"), ("audio/mpeg", ".mp3"),
        ("audio/ogg", ".ogg"), ("audio/wav", ".wav"), ("audio/x-wav", ".wav"), ("video/mp2t", ".ts"),
        ("video/mp4", ".mp4"), ("video/ogg", ".ogv"), ("video/quicktime", ".mov"), ("video/webm", ".webm"),
        ("video/x-flv", ".flv"), ("video/x-matroska", ".mkv"), ("video/x-msvideo", ".avi"), ("text/html", None),
    ],
)  # fmt: skip
def test_a_type_of_media_has_its_suffix(content_type: str, suffix: str | None) -> None:
    assert media_suffix(content_type, b"") == suffix


def test_sixteen_bytes_are_enough_to_name_every_container() -> None:
    assert HEAD_BYTES == 16
    assert media_suffix("", (b"RIFF\x24\x00\x00\x00WAVEfmt " + b"x" * 9)[:HEAD_BYTES]) == ".wav"
