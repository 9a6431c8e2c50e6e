"""Commands that other distributions add, and those of the local stack when it is not installed."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest
import typer
from cinedex_client.cli import plugins
from cinedex_client.cli.main import Program
from typer.testing import CliRunner


def program(monkeypatch: pytest.MonkeyPatch, *registered: EntryPoint) -> typer.Typer:
    monkeypatch.setattr(plugins, "entry_points", lambda *, group: registered if group == "cinedex.commands" else ())
    app = typer.Typer(cls=Program)
    plugins.add_plugins(app)
    return app


def greet(name: str) -> None:
    typer.echo(f"hello {name}")


group = typer.Typer()
group.command("one")(greet)
group.command("two")(greet)


@pytest.mark.parametrize(
    "command", [["up"], ["up", "--port", "9000"], ["keys", "list", "--json"], ["doctor", "--help"]]
)
def test_a_command_of_the_local_stack_says_what_to_install(monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    result = CliRunner().invoke(program(monkeypatch), command)
    assert result.exit_code == 2
    assert f"`cinedex {command[0]}` belongs to the local stack, which is not installed" in result.stderr
    assert "make setup" in " ".join(result.stderr.split())


def test_commands_that_are_not_installed_are_not_in_the_help(monkeypatch: pytest.MonkeyPatch) -> None:
    registered = EntryPoint("greet", f"{__name__}:greet", plugins.GROUP)
    monkeypatch.setattr(EntryPoint, "load", lambda _: greet)
    listed = CliRunner().invoke(program(monkeypatch, registered), ["--help"]).stdout
    assert "greet" in listed
    assert "doctor" not in listed


def test_a_registered_command_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EntryPoint, "load", lambda _: greet)
    app = program(monkeypatch, EntryPoint("up", "a.module:greet", plugins.GROUP))
    assert CliRunner().invoke(app, ["up", "world"]).stdout == "hello world\n"


def test_a_registered_group_of_commands_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EntryPoint, "load", lambda _: group)
    app = program(monkeypatch, EntryPoint("keys", "a.module:group", plugins.GROUP))
    assert CliRunner().invoke(app, ["keys", "two", "world"]).stdout == "hello world\n"
