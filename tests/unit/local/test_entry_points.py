"""`local` adds its commands to `cinedex` through entry points that `make setup` registers."""

from __future__ import annotations

from configparser import ConfigParser
from importlib.metadata import entry_points

import pytest
from cinedex_client.cli.plugins import GROUP, LOCAL_COMMANDS

from local.settings import REPOSITORY


def declared() -> dict[str, str]:
    file = ConfigParser()
    file.read_string((REPOSITORY / "local/entry_points.txt").read_text())
    assert file.sections() == [GROUP]
    return dict(file[GROUP])


def test_every_command_of_the_local_stack_is_declared() -> None:
    assert set(declared()) == set(LOCAL_COMMANDS)


def test_every_declared_command_is_registered_in_this_environment() -> None:
    registered = {entry.name: entry.value for entry in entry_points(group=GROUP)}
    assert registered == declared(), "run: make setup"


@pytest.mark.parametrize("entry", entry_points(group=GROUP), ids=lambda entry: entry.name)
def test_a_registered_command_can_be_loaded(entry: object) -> None:
    assert callable(entry.load())  # type: ignore[attr-defined]
