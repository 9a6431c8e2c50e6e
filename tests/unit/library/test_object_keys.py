"""One codec for keys: whatever a file is called, its key leads back to its video."""

from __future__ import annotations

import pytest
from cinedex.kernel.ids import new_id
from cinedex.library.domain.object_keys import FILENAME_BYTES_MAX, UploadKey, parse_upload_key, safe_filename
from hypothesis import example, given
from hypothesis import strategies as st

KEY_BYTES_MAX = 1024
VIDEO_ID = "0198c1de-0000-7000-8000-000000000001"


@given(st.text())
@example("my clip (1)+%41%2F.mp4")
@example("../../etc/passwd")
@example("..\\..\\boot.ini")
@example("snow ❄ \u202egpj.exe")
@example("a/b/c.mp4")
@example("....")
@example("\x00\x1f\x7f")
@example("é" * 1000 + ".mp4")
def test_any_filename_survives_the_way_into_a_key_and_back(name: str) -> None:
    filename = safe_filename(name)
    key = UploadKey(account_id="account", video_id=VIDEO_ID, filename=filename)
    assert parse_upload_key(str(key)) == key


@given(st.text(min_size=1))
def test_a_safe_filename_is_one_short_component_of_a_path(name: str) -> None:
    filename = safe_filename(name)
    assert filename not in ("", ".", "..")
    assert not set(filename) & {"/", "\\", "\x00", "\n"}
    assert len(filename.encode()) <= FILENAME_BYTES_MAX


@given(st.text(min_size=1))
def test_making_a_name_safe_twice_changes_nothing_more(name: str) -> None:
    assert safe_filename(safe_filename(name)) == safe_filename(name)


@given(st.text())
def test_a_key_fits_into_what_s3_allows(name: str) -> None:
    key = UploadKey(account_id=new_id(), video_id=new_id(), filename=safe_filename(name))
    assert len(str(key).encode()) <= KEY_BYTES_MAX


def test_a_long_name_keeps_its_suffix() -> None:
    assert safe_filename("ü" * 600 + ".webm").endswith("ü.webm")


@pytest.mark.parametrize("name", [None, "", "   ", "...", "/", "\\", "a/"])
def test_a_file_without_a_name_is_called_video(name: str | None) -> None:
    assert safe_filename(name) == "video"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "uploads/",
        "uploads/account/clip.mp4",
        "uploads/account//clip.mp4",
        "uploads//video/clip.mp4",
        "uploads/account/video/",
        "results/account/video/clip.mp4",
        "drop/account/clip.mp4",
        "Uploads/account/video/clip.mp4",
    ],
)
def test_a_key_that_is_no_video_s_file_is_nobody_s(key: str) -> None:
    assert parse_upload_key(key) is None
