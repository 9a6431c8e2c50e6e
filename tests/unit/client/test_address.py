"""Which deployment a command talks to, and whose key it sends there."""

from __future__ import annotations

from pathlib import Path

import pytest
from cinedex_client.address import Address, find_deployment
from cinedex_client.errors import Unreachable

from local.home import Home

LOCAL_URL = "http://127.0.0.1:8080"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("CINEDEX_HOME", str(tmp_path))
    monkeypatch.delenv("CINEDEX_URL", raising=False)
    monkeypatch.delenv("CINEDEX_API_KEY", raising=False)
    return Home(tmp_path)


@pytest.fixture
def running(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    home.api_key.write_text("sk_live_local\n")
    monkeypatch.setattr(Home, "running", lambda _: {"pid": 1, "url": LOCAL_URL})
    return home


@pytest.mark.usefixtures("running")
def test_the_stack_on_this_machine_is_found_with_its_key() -> None:
    assert find_deployment() == Address(LOCAL_URL, "sk_live_local")


@pytest.mark.usefixtures("home")
def test_without_a_stack_and_an_address_nothing_can_be_reached() -> None:
    with pytest.raises(Unreachable, match="No stack runs"):
        find_deployment()


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
def test_the_key_of_this_machine_is_not_sent_anywhere_else() -> None:
    assert find_deployment("https://other.test") == Address("https://other.test", "")


@pytest.mark.usefixtures("running")
def test_the_stack_on_this_machine_gets_its_key_also_when_it_is_named() -> None:
    assert find_deployment(f"{LOCAL_URL}/") == Address(LOCAL_URL, "sk_live_local")
