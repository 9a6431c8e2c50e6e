"""The emulator's state survives a power loss in the middle of a write."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.data_check import repair_data
from local.emulator import object_folder, state_folder
from local.errors import StateDamaged
from local.home import Home

FIRST = '{"__ministack_format__": 2, "payload": {"tables": 1}}'
SECOND = '{"__ministack_format__": 2, "payload": {"tables": 2}}'


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").prepare()


def test_the_last_write_is_read(home: Home) -> None:
    state_folder.write(home.state, "dynamodb", FIRST)
    state_folder.write(home.state, "dynamodb", SECOND)
    assert (home.state / "dynamodb.json").read_text() == SECOND
    assert repair_data(home) == []


def test_a_truncated_file_is_replaced_by_the_copy_before_it(home: Home) -> None:
    state_folder.write(home.state, "dynamodb", FIRST)
    state_folder.write(home.state, "dynamodb", SECOND)
    (home.state / "dynamodb.json").write_text(SECOND[:20])
    assert repair_data(home) == ["dynamodb.json was truncated; the copy saved before it is used instead"]
    assert (home.state / "dynamodb.json").read_text() == FIRST


def test_the_damaged_text_is_stored_next_to_the_repaired_file(home: Home) -> None:
    state_folder.write(home.state, "sqs", FIRST)
    state_folder.write(home.state, "sqs", SECOND)
    (home.state / "sqs.json").write_text(SECOND[:20])
    repair_data(home)
    assert (home.state / "sqs.json.damaged").read_text() == SECOND[:20]


def test_a_file_that_is_missing_between_the_two_renames_is_restored(home: Home) -> None:
    state_folder.write(home.state, "sqs", FIRST)
    state_folder.write(home.state, "sqs", SECOND)
    (home.state / "sqs.json").unlink()
    repair_data(home)
    assert (home.state / "sqs.json").read_text() == FIRST


def test_a_damaged_file_without_an_earlier_copy_is_not_touched(home: Home) -> None:
    damaged = home.state / "dynamodb.json"
    damaged.write_text("")
    with pytest.raises(StateDamaged) as error:
        repair_data(home)
    assert str(damaged) in error.value.hint
    assert damaged.exists()


def test_a_truncated_object_is_moved_to_quarantine(home: Home) -> None:
    whole, short = _object(home, "whole.mp4", b"0123456789", 10), _object(home, "short.mp4", b"0123", 10)
    (sentence,) = repair_data(home)
    assert "short.mp4 was truncated" in sentence
    assert whole.exists()
    assert not short.exists()
    assert (home.root / "damaged_objects/000000000000/media/short.mp4").read_bytes() == b"0123"


def test_an_object_with_a_damaged_sidecar_counts_as_truncated(home: Home) -> None:
    data = _object(home, "clip.mp4", b"0123456789", 10)
    data.with_name("clip.mp4.meta.json").write_text('{"size": 1')
    assert object_folder.truncated(home.objects) == [data]


def _object(home: Home, name: str, content: bytes, size_bytes: int) -> Path:
    data = home.objects / "000000000000/media" / name
    data.parent.mkdir(parents=True, exist_ok=True)
    data.write_bytes(content)
    data.with_name(f"{name}.meta.json").write_text(f'{{"size": {size_bytes}}}')
    return data
