"""`cinedex up`: starts the local stack in the foreground."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from local.private_files import UMASK
from local.settings import LocalSettings

if TYPE_CHECKING:
    from local.stack import RunningStack


def up(
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, help="Port of the gateway; 0 selects a free one. Default: CINEDEX_PORT or 8080."
        ),
    ] = None,
) -> None:
    """Start the local stack in the foreground; Ctrl-C stops it.

    All data is in `.cinedex/` (`CINEDEX_HOME`) and is used again at the next start.

    **Examples**

    - `cinedex up`
    - `cinedex up --port 9000`
    - `CINEDEX_HOME=/data/cinedex cinedex up`

    **Exit codes**: 0 stopped, 1 failed, 13 port in use, 14 already running, 15 data damaged,
    16 a process did not start, 17 template.yaml could not be deployed,
    18 home folder not usable, 19 disk full, 20 a selected model is not installed.
    """
    # Imported here: it takes half a second, which `cinedex --help` should not take.
    from local.stack import running_stack

    settings = LocalSettings()
    os.umask(UMASK)
    _log_to(settings)
    started = time.monotonic()
    for ending in (signal.SIGTERM, signal.SIGINT):  # SIGINT is ignored in background jobs of a script
        signal.signal(ending, _interrupt)
    try:
        chosen = settings.port if port is None else port
        with running_stack(settings.home, chosen, report=typer.echo) as stack:
            _announce(stack, time.monotonic() - started)
            _wait_for_end()
            typer.echo("Stopping …")
    except KeyboardInterrupt:
        typer.echo("Stopped while starting.")
    typer.echo("Stopped. All data is kept.")


def _announce(stack: RunningStack, elapsed_s: float) -> None:
    typer.secho(f"Cinedex is up ({elapsed_s:.1f} s).", fg="green", bold=True)
    typer.echo(f"  address  {stack.url}")
    typer.echo(f"  API key  {_shown_key(stack)}")
    typer.echo(f"  logs     {stack.home.logs}")
    typer.echo("  next     cinedex upload VIDEO · cinedex --help · Ctrl-C stops")


def _shown_key(stack: RunningStack) -> str:
    """Output that is no terminal may be a log, which others may read."""
    stored = f"stored in {stack.home.api_key}"
    return f"{stack.api_key}  ({stored})" if sys.stdout.isatty() else stored


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _wait_for_end() -> None:
    try:
        while True:
            signal.pause()
    except KeyboardInterrupt:
        # A second Ctrl-C must not interrupt the shutdown.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _log_to(settings: LocalSettings) -> None:
    """Warnings of the supervisor on the terminal, all messages in a file."""
    from local.home import Home

    home = Home(settings.home).prepare()
    home.require_space()
    terminal = logging.StreamHandler()
    terminal.setLevel(logging.WARNING)
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        handlers=[logging.FileHandler(home.logs / "supervisor.log"), terminal],
    )
    logging.getLogger("botocore").setLevel(logging.WARNING)
