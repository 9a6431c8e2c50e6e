"""Stored objects after a crash: the last durable record of a key decides, and nothing is half there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from local.emulator import object_folder
from local.emulator.durability.journal import Journal
from local.emulator.object_folder import DELETED, OBJECT, SIDECAR, STAGED, UPLOADS

TARGET = "000000000000/media/a/film.mp4"


class Crashed:
    """The files that an emulator left behind."""

    def __init__(self, root: Path) -> None:
        self.objects, self.folder = root / "objects", root / "journal"
        self._journal = Journal(self.folder, lambda error: None)

    def stage(self, body: bytes) -> str:
        return str(object_folder.stage(self.objects, [body]).relative_to(self.objects))

    def record(self, *content: Any) -> None:
        self._journal.append(json.dumps(content).encode())
        self._journal.wait_until_durable()

    def store(self, body: bytes) -> str:
        staged = self.stage(body)
        self.record(OBJECT, TARGET, staged, len(body), {"size": len(body), "etag": body.decode()}, None)
        return staged

    def replay(self) -> tuple[bytes, str] | None:
        object_folder.replay(self.objects, self.folder)
        data = self.objects / TARGET
        sidecar = data.with_name(data.name + SIDECAR)
        assert data.exists() == sidecar.exists()
        assert list((self.objects / STAGED).glob("*")) == []
        return (data.read_bytes(), json.loads(sidecar.read_bytes())["etag"]) if data.exists() else None


def test_a_recorded_object_is_moved_into_place_and_a_second_replay_changes_nothing(tmp_path: Path) -> None:
    crashed = Crashed(tmp_path)
    crashed.store(b"film")
    assert crashed.replay() == (b"film", "film")
    assert crashed.replay() == (b"film", "film")


def test_bytes_without_a_record_are_removed_and_the_object_before_them_stays(tmp_path: Path) -> None:
    crashed = Crashed(tmp_path)
    crashed.store(b"film")
    crashed.replay()
    crashed.stage(b"another")
    assert crashed.replay() == (b"film", "film")


def test_the_last_record_of_a_key_wins(tmp_path: Path) -> None:
    crashed = Crashed(tmp_path)
    crashed.store(b"first")
    crashed.store(b"second")
    assert crashed.replay() == (b"second", "second")
    crashed.record(DELETED, TARGET)
    assert crashed.replay() is None
    crashed.store(b"third")
    assert crashed.replay() == (b"third", "third")


def test_a_move_that_was_interrupted_before_its_sidecar_is_completed(tmp_path: Path) -> None:
    crashed = Crashed(tmp_path)
    crashed.store(b"first")
    crashed.replay()
    staged = crashed.store(b"second, and longer")
    (crashed.objects / staged).replace(crashed.objects / TARGET)
    assert crashed.replay() == (b"second, and longer", "second, and longer")


def test_an_object_that_was_deleted_without_a_record_stays_deleted(tmp_path: Path) -> None:
    crashed = Crashed(tmp_path)
    staged = crashed.store(b"film")
    (crashed.objects / staged).unlink()
    assert crashed.replay() is None


def test_a_name_that_was_taken_for_an_object_that_never_came_is_removed(tmp_path: Path) -> None:
    crashed = Crashed(tmp_path)
    object_folder.take_name(crashed.objects / TARGET)
    assert crashed.replay() is None


def test_the_parts_of_a_completed_upload_are_removed(tmp_path: Path) -> None:
    crashed = Crashed(tmp_path)
    parts = crashed.objects / UPLOADS / "upload-1"
    parts.mkdir(parents=True)
    (parts / "1.json").write_text("{}")
    crashed.record(OBJECT, TARGET, crashed.stage(b"film"), 4, {"size": 4, "etag": "film"}, "upload-1")
    assert crashed.replay() == (b"film", "film")
    assert not parts.exists()
