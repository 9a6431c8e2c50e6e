"""The `cinedex` program: its commands and what it does when one fails."""

from __future__ import annotations

import sys

import typer
from pydantic import ValidationError

from cinedex_client.cli import ask, evaluate, search, upload, videos
from cinedex_client.cli.display.console import print_error
from cinedex_client.cli.remote import EXIT_CODES
from local.cli import demo, doctor, index, keys, up
from local.errors import LocalStackError

USAGE_EXIT_CODE = 2

app = typer.Typer(
    name="cinedex",
    help="Understand video on your own machine: start the stack, upload, search, ask.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)

# In the order in which a newcomer needs them.
app.command()(demo.demo)
app.command()(up.up)
app.command()(doctor.doctor)
app.add_typer(keys.app, name="keys")
app.add_typer(index.app, name="index")
app.command(epilog=EXIT_CODES)(upload.upload)
app.add_typer(videos.app, name="videos")
app.command(epilog=EXIT_CODES)(search.search)
app.command(epilog=EXIT_CODES)(ask.ask)
app.add_typer(evaluate.app, name="eval")


def main() -> None:
    """Exit codes: 0 done, 1 failed, 2 wrong usage, others as the command's help says."""
    try:
        app(prog_name="cinedex")
    except ValidationError as error:
        wrong = error.errors()[0]
        name = "_".join(map(str, wrong["loc"]))
        shown = name if name.isupper() else f"CINEDEX_{name.upper()}"  # fields of our own are told without their prefix
        reason = wrong["msg"].removeprefix("Value error, ")
        print_error(f"{shown}={wrong['input']} makes no sense: {reason}.", "")
        sys.exit(USAGE_EXIT_CODE)
    except LocalStackError as error:
        print_error(error.message, error.mend)
        sys.exit(error.exit_code)
