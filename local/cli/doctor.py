"""`cinedex doctor`: checks the installation and the data of the local stack."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from local.settings import LocalSettings

if TYPE_CHECKING:
    from local.doctor.verdict import Verdict

_COLOURS = {"OK": "green", "REPAIRED": "yellow", "BROKEN": "red"}


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False) -> None:
    """Check this installation and its data, repair what is possible, and print how to fix the rest.

    It also lists the resources of template.yaml that do not exist on one machine, and why.

    **Exit codes**: 0 ok or repaired, 1 something is broken.
    """
    verdicts = []
    for verdict in _verdicts():
        verdicts.append(verdict)
        if not as_json:
            _show(verdict)
    if as_json:
        typer.echo(json.dumps([verdict.model_dump(by_alias=True) for verdict in verdicts]))
    if any(verdict.state == "broken" for verdict in verdicts):
        raise typer.Exit(1)


def _verdicts() -> Iterator[Verdict]:
    from local.doctor import home, installation
    from local.home import Home

    settings = LocalSettings()
    yield installation.check_python()
    yield installation.check_packages()
    yield installation.check_emulator()
    yield installation.check_search()
    yield from installation.check_weights()
    yield from home.check_home(Home(settings.home), settings.port)
    yield from home.check_unsupported(Home(settings.home))


def _show(verdict: Verdict) -> None:
    typer.secho(f"{verdict.state.name.lower():<8}", fg=_COLOURS[verdict.state.name], nl=False)
    typer.echo(f" {verdict.subject}: {verdict.detail}")
    if verdict.hint:
        typer.echo(f"         {verdict.hint}")
