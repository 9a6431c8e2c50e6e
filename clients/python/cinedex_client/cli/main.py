"""The `cinedex` program: its commands, and how an error ends it."""

from __future__ import annotations

from typing import Any

import typer
from pydantic import ValidationError
from typer.core import TyperGroup

from cinedex_client.cli import ask, drop, evaluate, events, search, upload, videos, webhooks
from cinedex_client.cli.display.console import print_error
from cinedex_client.cli.plugins import add_plugins
from cinedex_client.cli.remote import EXIT_CODES
from cinedex_client.errors import CommandError

USAGE_EXIT_CODE = 2


class Program(TyperGroup):
    """Turns the errors of every command into a message and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except CommandError as error:
            print_error(error.message, error.hint, error.request_id)
            raise typer.Exit(error.exit_code) from error
        except ValidationError as error:
            print_error(_invalid_setting(error))
            raise typer.Exit(USAGE_EXIT_CODE) from error


app = typer.Typer(
    name="cinedex",
    cls=Program,
    help="Understand video: upload it, search it, ask questions about it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)

# In the order in which a newcomer needs them.
add_plugins(app)
app.command(epilog=EXIT_CODES)(upload.upload)
app.command(epilog=EXIT_CODES)(drop.drop)
app.add_typer(videos.app, name="videos")
app.command(epilog=EXIT_CODES)(search.search)
app.command(epilog=EXIT_CODES)(ask.ask)
app.command(epilog=EXIT_CODES)(events.events)
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(evaluate.app, name="eval")


def main() -> None:
    """Exit codes: 0 done, 1 failed, 2 wrong usage, others as the command's help lists them."""
    app(prog_name="cinedex")


def _invalid_setting(error: ValidationError) -> str:
    wrong = error.errors()[0]
    name = "_".join(map(str, wrong["loc"]))
    variable = name if name.isupper() else f"CINEDEX_{name.upper()}"  # settings report fields without their prefix
    reason = wrong["msg"].removeprefix("Value error, ")
    return f"Invalid value for {variable}: {wrong['input']} ({reason})"
