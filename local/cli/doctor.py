"""`cinedex doctor`: is everything here that is needed, and is it well?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from local.settings import LocalSettings

if TYPE_CHECKING:
    from local.doctor.verdict import Verdict

_COLOURS = {"ok": "green", "mended": "yellow", "broken": "red"}


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False) -> None:
    """Check this installation and its data, mend what can be mended, say how to mend the rest.

    It also lists what of template.yaml does not exist on one machine, and why.

    **Exit codes**: 0 well or mended, 1 something is broken.
    """
    verdicts = []
    for verdict in _verdicts():
        verdicts.append(verdict)
        if not as_json:
            _show(verdict)
    if as_json:
        typer.echo(json.dumps([verdict.model_dump() for verdict in verdicts]))
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
    yield from home.check_dropped(Home(settings.home))


def _show(verdict: Verdict) -> None:
    typer.secho(f"{verdict.state:<7}", fg=_COLOURS[verdict.state], nl=False)
    typer.echo(f" {verdict.subject}: {verdict.found}")
    if verdict.mend:
        typer.echo(f"        {verdict.mend}")
