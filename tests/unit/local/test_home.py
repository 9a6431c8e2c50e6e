"""One home folder belongs to one running stack."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from local.errors import AlreadyRunning, DiskFull
from local.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path).prepare()


def test_a_second_stack_gets_the_process_id_and_address_of_the_first(home: Home) -> None:
    with home.locked() as announce:
        announce("http://127.0.0.1:8080")
        with pytest.raises(AlreadyRunning) as error, home.locked():
            pass
    assert "http://127.0.0.1:8080" in error.value.message
    assert "CINEDEX_HOME" in error.value.hint


def test_a_stack_that_still_starts_is_reported_as_starting(home: Home) -> None:
    with home.locked(), pytest.raises(AlreadyRunning, match="still starting"), home.locked():
        pass


def test_a_home_is_free_again_when_its_stack_has_ended(home: Home) -> None:
    with home.locked():
        assert home.running() is not None
    assert home.running() is None


def test_no_stack_runs_in_a_home_that_was_never_used(tmp_path: Path) -> None:
    assert Home(tmp_path / "new").running() is None


def test_a_home_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    home = Home(tmp_path / "new").prepare()
    assert home.state.stat().st_mode & 0o077 == 0


def test_a_full_disk_is_named_with_its_free_space_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=3 * 1024**2))
    with pytest.raises(DiskFull, match=r"disk with .* is full: 3\.0 MiB are free") as raised:
        Home(tmp_path).prepare().require_space()
    assert "Free some space" in raised.value.hint
    assert raised.value.exit_code == 19


def test_a_home_that_cannot_be_created_on_a_full_disk_is_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(DiskFull):
        Home(tmp_path / "home").prepare()
