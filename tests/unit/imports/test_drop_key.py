"""What the key of a dropped file says."""

from __future__ import annotations

import pytest
from cinedex.imports.domain.drop_key import (
    DropFile,
    DropRoot,
    drop_root,
    is_ignored,
    key_id_of,
    locate,
    stem_id_of,
    suffix_of,
)
from cinedex.imports.domain.drop_object import DropKind, DropObject, DropState, is_stale
from cinedex.imports.domain.rejection import Rejection
from cinedex.imports.usecases.drop_sources import parse_sources
from cinedex.imports.usecases.upload_to_drop import etag_of_parts
from hypothesis import given
from hypothesis import strategies as st

from tests.support.memory.scenario import NOON

ROOT = DropRoot(account_id="a", bucket="media", prefix="drop/a/")
PART = st.text(st.characters(blacklist_categories=("Cc", "Cs"), blacklist_characters="/"), min_size=1).filter(
    lambda part: part.strip() and part not in (".", "..") and not part.startswith((".", "~$"))
)


@given(PART, st.lists(PART, max_size=3), PART)
def test_a_key_is_taken_apart_and_put_together_again(name: str, folders: list[str], filename: str) -> None:
    key = "/".join(["drop/a", name, *folders, filename])
    place = locate(ROOT, key)
    if len(name.strip()) > 200:
        assert isinstance(place, Rejection)
        return
    assert isinstance(place, DropFile)
    assert (place.collection_name, list(place.folders), place.filename) == (name.strip(), folders, filename)
    assert place.folder_path == "/".join(folders)


def test_the_root_of_a_key_is_the_folder_of_its_account() -> None:
    assert drop_root("drop/a/T/x.mp4", "media") == ROOT
    assert [drop_root(key, "media") for key in ("drop/x.mp4", "drop//T/x.mp4", "uploads/a/v/x", "")] == [None] * 4


def test_another_bucket_with_the_same_key_is_another_file() -> None:
    assert key_id_of("media", "drop/a/T/x.mp4") != key_id_of("other", "drop/a/T/x.mp4")


@pytest.mark.parametrize(
    ("filename", "suffix"),
    [("a.MP4", ".mp4"), ("a", ""), (".mp4", ""), ("a.", ""), ("a.b.c", ".c"), ("é❄.Mp4", ".mp4")],
)
def test_a_suffix_is_in_small_letters(filename: str, suffix: str) -> None:
    assert suffix_of(filename) == suffix


def test_files_that_differ_in_the_suffix_have_one_stem() -> None:
    stems = {stem_id_of("media", f"drop/a/T/{name}") for name in ("clip.mp4", "clip.MP4", "clip.json", "clip")}
    assert len(stems) == 1
    others = {stem_id_of("media", key) for key in ("drop/a/T/clip.en.srt", "drop/a/U/clip.mp4", "drop/a/T/Clip.mp4")}
    assert len(others | stems) == 4


@pytest.mark.parametrize("key", ["T/.hidden", "T/a/", ".git/x.mp4", "T/THUMBS.DB", "T/~$x.mp4"])
def test_hidden_files_are_ignored(key: str) -> None:
    assert is_ignored(key)


@pytest.mark.parametrize("key", ["T/x.mp4", "T/../x.mp4", "T/./x.mp4", "T/a.b"])
def test_other_files_are_not_ignored(key: str) -> None:
    assert not is_ignored(key)


@pytest.mark.parametrize(
    ("sequencer", "known", "stale"),
    [
        ("1", "2", True),
        ("2", "2", True),
        ("3", "2", False),
        ("A", "0009", False),
        ("9", "000A", True),
        ("", "2", False),
    ],
)
def test_sequencers_of_any_length_are_compared(sequencer: str, known: str, stale: bool) -> None:
    one = DropObject(
        account_id="a",
        stem_id="s",
        key_id="k",
        kind=DropKind.VIDEO,
        bucket="media",
        key="drop/a/T/x.mp4",
        state=DropState.ARRIVED,
        sequencer=known,
        updated_at=NOON,
    )
    assert is_stale(sequencer, one) is stale


def test_sources_are_parsed() -> None:
    first, second = parse_sources(" a=one/media  b=two ")
    assert (first.account_id, first.bucket, first.prefix) == ("a", "one", "media")
    assert (second.account_id, second.bucket, second.prefix) == ("b", "two", "")


@pytest.mark.parametrize("text", ["a", "=bucket", "a=", "a=/prefix"])
def test_a_source_without_account_or_bucket_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be ACCOUNT=bucket/prefix"):
        parse_sources(text)


def test_the_etag_of_an_upload_in_parts_is_that_of_s3() -> None:
    first, second = "5d41402abc4b2a76b9719d911017c592", "7d793037a0760186574b0282f2f435e7"
    assert etag_of_parts([(2, second), (1, f'"{first}"')]) == "065947336a2f2a95ba8899f3675c3be6-2"
    assert etag_of_parts([(1, "no digest")]) is None
