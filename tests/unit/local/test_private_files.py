"""Other users of the machine can read nothing below the home."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from local.errors import HomeUnusable
from local.home import Home
from local.private_files import private_umask, write_private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_an_open_home_is_closed_with_all_that_lies_in_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "state").mkdir(parents=True)
    for path in (home / "state" / "a.json", home / "search.sqlite"):
        path.write_text("text")
        path.chmod(0o644)
    program = home / "state" / "program"
    program.write_text("")
    program.chmod(0o755)
    (home / "state").chmod(0o777)
    home.chmod(0o755)
    Home(home).prepare()
    assert [mode(path) for path in (home, home / "state", home / "search.sqlite", home / "state" / "a.json")] == [
        *(0o700, 0o700, 0o600, 0o600)
    ]
    assert mode(program) == 0o700


def test_what_a_link_in_an_open_home_leads_to_is_not_changed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("")
    outside.chmod(0o644)
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    home.chmod(0o755)
    (home / "link").symlink_to(outside)
    (home / "dangling").symlink_to(tmp_path / "absent")
    Home(home).prepare()
    assert mode(outside) == 0o644


def test_a_new_home_and_the_folders_above_it_are_private(tmp_path: Path) -> None:
    Home(tmp_path / "above" / "home").prepare()
    assert [mode(tmp_path / "above"), mode(tmp_path / "above" / "home")] == [0o700, 0o700]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_a_home_of_another_user_is_refused(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    with pytest.raises(HomeUnusable, match="it belongs to another user"):
        Home(tmp_path).prepare()


def test_a_home_that_cannot_be_closed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o755)

    def refuse(path: Path, _mode: int) -> None:
        raise PermissionError(1, "Operation not permitted", str(path))

    monkeypatch.setattr(Path, "chmod", refuse)
    with pytest.raises(HomeUnusable, match="Operation not permitted"):
        Home(tmp_path).prepare()


def test_a_secret_replaces_an_open_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("old")
    file.chmod(0o644)
    write_private(file, "new")
    assert (file.read_text(), mode(file)) == ("new", 0o600)


def test_the_umask_of_the_caller_is_restored(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with private_umask():
            (tmp_path / "inside").touch()
        (tmp_path / "outside").touch()
    finally:
        os.umask(before)
    assert (mode(tmp_path / "inside"), mode(tmp_path / "outside")) == (0o600, 0o644)
