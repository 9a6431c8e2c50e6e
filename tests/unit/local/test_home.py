"""One home folder belongs to one running stack."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.errors import AlreadyRunning
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
