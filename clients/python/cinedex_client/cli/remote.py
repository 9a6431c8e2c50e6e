"""What the commands that talk to a deployment share: where it is, and how a failure ends the program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from cinedex_client import Client, ClientError, connect
from cinedex_client.cli.display.console import print_error

UrlOption = Annotated[
    str | None,
    typer.Option("--url", help="Address of the deployment (CINEDEX_URL); by default the stack on this machine."),
]
KeyOption = Annotated[
    str | None,
    typer.Option("--key", help="API key (CINEDEX_API_KEY); by default that of the stack on this machine."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the data as one JSON document.")]
VideoOption = Annotated[
    list[str] | None, typer.Option("--video", metavar="ID", help="Only this video; may be given again.")
]

EXIT_CODES = (
    "Exit codes: 0 it worked; 1 the work failed, such as a file that is no video; 2 the command, the"
    " request or a labelled set is wrong; 3 nobody answers there, or the key is not accepted; 4 there is no such video;"
    " 5 something else must be ready first; 6 the deployment is too busy."
)
"""Shown under the help of every command that uses `deployment`."""


@contextmanager
def deployment(url: str | None, key: str | None) -> Iterator[Client]:
    """The deployment to talk to; its errors end the program with one clear message and their exit code."""
    try:
        with connect(url, key) as library:
            yield library
    except ClientError as error:
        print_error(error.message, error.mend, error.request_id)
        raise typer.Exit(error.exit_code) from error
