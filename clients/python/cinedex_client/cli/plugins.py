"""Commands that other distributions add to `cinedex`, through the entry-point group `cinedex.commands`."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points

import typer

from cinedex_client.errors import WrongRequest

GROUP = "cinedex.commands"
LOCAL_COMMANDS = ("demo", "up", "doctor", "keys", "index", "models")
"""Commands of the local stack, in the order of the help."""


def add_plugins(app: typer.Typer) -> None:
    """Add every registered command; a command of the local stack that is not installed explains how to install it."""
    registered = {entry.name: entry for entry in entry_points(group=GROUP)}
    for name in (*LOCAL_COMMANDS, *sorted(registered.keys() - set(LOCAL_COMMANDS))):
        if name in registered:
            _add(app, name, registered[name].load())
        else:
            app.command(name, hidden=True, context_settings=_ACCEPT_ANYTHING, add_help_option=False)(_missing(name))


_ACCEPT_ANYTHING = {"allow_extra_args": True, "ignore_unknown_options": True}


def _add(app: typer.Typer, name: str, command: typer.Typer | Callable[..., None]) -> None:
    if isinstance(command, typer.Typer):
        app.add_typer(command, name=name)
    else:
        app.command(name)(command)


def _missing(name: str) -> Callable[..., None]:
    def command() -> None:
        raise WrongRequest(
            f"`cinedex {name}` belongs to the local stack, which is not installed in this environment.",
            hint="Clone the Cinedex repository, run `make setup` there and use its .venv/bin/cinedex.",
        )

    return command
