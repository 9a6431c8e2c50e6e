"""`cinedex demo`: the whole product on a sample clip, in about a minute."""

from __future__ import annotations

import signal
from types import FrameType

import typer
from cinedex_client import ClientError
from cinedex_client.cli.display.console import print_error, stdout

from local.settings import LocalSettings


def demo() -> None:
    """Run every operation on a sample clip: start a separate stack, upload, analyse, search, ask.

    Its data is in `.cinedex/demo/`, separate from yours, and is deleted at the start of each run.

    **Exit codes**: 0 success, 1 an analysis failed, 14 a demo is running already, others as listed by `cinedex up`.
    """
    # Imported here: it takes half a second, which `cinedex --help` should not take.
    from local.demo.run import run_demo

    signal.signal(signal.SIGTERM, _interrupt)
    home = LocalSettings().home / "demo"
    try:
        run_demo(stdout(), home)
    except ClientError as error:
        print_error(error.message, error.hint or f"The logs are in {home / 'logs'}.", error.request_id)
        raise typer.Exit(error.exit_code) from error


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
