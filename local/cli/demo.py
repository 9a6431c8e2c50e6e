"""`cinedex demo`: the whole product on a clip of ours, in about a minute."""

from __future__ import annotations

import signal
from types import FrameType

import typer
from cinedex_client import ClientError
from cinedex_client.cli.display.console import print_error, stdout

from local.settings import LocalSettings


def demo() -> None:
    """Show everything on a sample clip: start a stack of its own, upload, analyse, search, ask.

    Its data lies in `.cinedex/demo/`, apart from yours, and is made anew each time.

    **Exit codes**: 0 shown, 1 an analysis failed, 14 a demo is running already, others as `cinedex up` says.
    """
    # These imports take half a second, which `cinedex --help` does not need.
    from local.demo.run import run_demo

    signal.signal(signal.SIGTERM, _interrupt)
    home = LocalSettings().home / "demo"
    try:
        run_demo(stdout(), home)
    except ClientError as error:
        print_error(error.message, error.mend or f"The logs are in {home / 'logs'}.", error.request_id)
        raise typer.Exit(error.exit_code) from error


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
