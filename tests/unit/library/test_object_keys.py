"""Keys of objects: no two objects have the same, and the key of a file names its video."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.kernel.ids import new_id
from cinedex.library.domain.object_keys import (
    FILENAME_BYTES_MAX,
    UploadKey,
    documents_key,
    parse_upload_key,
    plan_key,
    results_prefix,
    safe_filename,
    subtitles_key,
    task_result_key,
)
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
def test_any_filename_is_encoded_into_a_key_and_decoded_unchanged(name: str) -> None:
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
def test_a_key_is_at_most_as_long_as_s3_allows(name: str) -> None:
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
def test_a_key_that_is_not_that_of_a_file_of_a_video_is_not_parsed(key: str) -> None:
    assert parse_upload_key(key) is None


component = st.text(min_size=1, max_size=8).filter(lambda text: "/" not in text)
RESULTS: dict[str, tuple[Any, int]] = {
    "task": (task_result_key, 5),
    "plan": (plan_key, 3),
    "documents": (documents_key, 3),
    "subtitles": (subtitles_key, 3),
}


@st.composite
def objects(draw: st.DrawFn) -> tuple[str, tuple[str, ...], str]:
    """An object of any kind with any ids, and its key."""
    kind = draw(st.sampled_from(["upload", *RESULTS]))
    if kind == "upload":
        ids = (draw(component), draw(component), safe_filename(draw(st.text())))
        return kind, ids, str(UploadKey(account_id=ids[0], video_id=ids[1], filename=ids[2]))
    make, count = RESULTS[kind]
    ids = tuple(draw(component | st.just("plan.json")) for _ in range(count))
    return kind, ids, make(*ids)


@given(objects(), objects())
def test_two_objects_never_have_the_same_key(
    one: tuple[str, tuple[str, ...], str], other: tuple[str, tuple[str, ...], str]
) -> None:
    assert (one[2] == other[2]) == (one[:2] == other[:2])


@given(st.tuples(component, component), st.tuples(component, component))
def test_the_prefix_of_one_video_begins_no_key_of_another(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert plan_key(*other, "r").startswith(results_prefix(*one)) == (one == other)


@pytest.mark.parametrize("make", [plan_key, documents_key])
def test_an_id_with_the_delimiter_makes_no_key(make: Any) -> None:
    with pytest.raises(ValueError, match="contains '/'"):
        make("a/b", "v", "r")


def test_keys_are_those_under_which_earlier_versions_have_stored_objects() -> None:
    assert str(UploadKey(account_id="a", video_id="v", filename="clip.mp4")) == "uploads/a/v/clip.mp4"
    assert task_result_key("a", "v", "shared", "read_text", "whole-0") == "results/a/v/shared/read_text/whole-0.json"
    assert plan_key("a", "v", "r") == "results/a/v/r/plan.json"
    assert documents_key("a", "v", "r") == "results/a/v/r/documents.json"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("n" * 508 + ".mp4", "n" * 508 + ".mp4"),
        ("x" + "n" * 508 + ".mp4", "n" * 508 + ".mp4"),
        ("é" * 300 + ".mp4", "é" * 254 + ".mp4"),
        (" a/b\\c.mp4 ", "c.mp4"),
        ("..a\x00b\x7f.mp4.", "a_b_.mp4"),
    ],
)
def test_a_filename_keeps_its_end_of_at_most_512_bytes(name: str, safe: str) -> None:
    assert safe_filename(name) == safe


def test_a_filename_may_have_what_looks_like_a_delimiter_of_keys() -> None:
    key = parse_upload_key("uploads/a/v/x/y.mp4")
    assert key is not None
    assert (key.account_id, key.video_id, key.filename) == ("a", "v", "x/y.mp4")
