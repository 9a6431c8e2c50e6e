"""One home folder belongs to one running stack."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.errors import AlreadyRunning
from local.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path).prepare()


def test_a_second_stack_is_told_who_holds_the_home_and_where(home: Home) -> None:
    with home.locked() as announce:
        announce("http://127.0.0.1:8080")
        with pytest.raises(AlreadyRunning) as refusal, home.locked():
            pass
    assert "http://127.0.0.1:8080" in refusal.value.message
    assert "CINEDEX_HOME" in refusal.value.hint


def test_a_stack_that_still_starts_says_so(home: Home) -> None:
    with home.locked(), pytest.raises(AlreadyRunning, match="still starting"), home.locked():
        pass


def test_a_home_is_free_again_when_its_stack_has_ended(home: Home) -> None:
    with home.locked():
        assert home.running() is not None
    assert home.running() is None


def test_nobody_runs_in_a_home_that_was_never_used(tmp_path: Path) -> None:
    assert Home(tmp_path / "new").running() is None


def test_what_a_home_holds_is_for_its_owner_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "new").prepare()
    assert home.state.stat().st_mode & 0o077 == 0
