"""Which deployment a command talks to, and which key it sends there."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cinedex_client.address import Address, find_deployment
from cinedex_client.errors import Unreachable
from cinedex_client.local_stack import running_process

LOCAL_URL = "http://127.0.0.1:8080"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CINEDEX_HOME", str(tmp_path))
    monkeypatch.delenv("CINEDEX_URL", raising=False)
    monkeypatch.delenv("CINEDEX_API_KEY", raising=False)
    return tmp_path


@pytest.fixture
def running(home: Path) -> Iterator[Path]:
    """A home as a stack of version 0.1 and later leaves it while it runs."""
    (home / "api_key").write_text("sk_live_local\n")
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(json.dumps({"pid": 1, "url": LOCAL_URL}))
        lock.flush()
        yield home


@pytest.mark.usefixtures("running")
def test_the_stack_on_this_machine_is_found_with_its_key() -> None:
    assert find_deployment() == Address(LOCAL_URL, "sk_live_local")


def test_a_stack_that_was_killed_is_not_taken_for_a_running_one(home: Path) -> None:
    (home / "lock").write_text(json.dumps({"pid": 1, "url": LOCAL_URL}))
    assert running_process(home) is None
    with pytest.raises(Unreachable):
        find_deployment()


def test_a_stack_that_still_starts_has_no_address_yet(running: Path) -> None:
    (running / "lock").write_text(json.dumps({"pid": 1, "url": ""}))
    with pytest.raises(Unreachable, match="no stack runs"):
        find_deployment()


@pytest.mark.usefixtures("home")
def test_without_a_stack_and_an_address_nothing_can_be_reached() -> None:
    with pytest.raises(Unreachable, match="No deployment is named, and no stack runs") as error:
        find_deployment()
    assert "CINEDEX_URL" in error.value.hint


@pytest.mark.usefixtures("running")
def test_the_environment_comes_before_the_stack_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CINEDEX_URL", "https://library.test/")
    monkeypatch.setenv("CINEDEX_API_KEY", "sk_live_far")
    assert find_deployment() == Address("https://library.test", "sk_live_far")


@pytest.mark.usefixtures("running")
def test_options_come_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CINEDEX_URL", "https://library.test")
    monkeypatch.setenv("CINEDEX_API_KEY", "sk_live_far")
    assert find_deployment("https://other.test", "sk_live_other") == Address("https://other.test", "sk_live_other")


@pytest.mark.usefixtures("running")
def test_the_key_of_this_machine_is_sent_to_no_other_deployment() -> None:
    assert find_deployment("https://other.test") == Address("https://other.test", "")


@pytest.mark.usefixtures("running")
def test_the_stack_on_this_machine_gets_its_key_when_its_address_is_given() -> None:
    assert find_deployment(f"{LOCAL_URL}/") == Address(LOCAL_URL, "sk_live_local")
