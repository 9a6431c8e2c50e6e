"""Options and behaviour shared by the commands that talk to a deployment."""

from __future__ import annotations

from typing import Annotated

import typer

from cinedex_client import Client, connect

UrlOption = Annotated[
    str | None,
    typer.Option("--url", help="Address of the deployment (CINEDEX_URL). Default: the stack on this machine."),
]
KeyOption = Annotated[
    str | None,
    typer.Option("--key", help="API key (CINEDEX_API_KEY). Default: the key of the stack on this machine."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the data as one JSON document.")]
VideoOption = Annotated[
    list[str] | None, typer.Option("--video", metavar="ID", help="Search only this video; repeatable.")
]

EXIT_CODES = (
    "Exit codes: 0 success; 1 the operation failed, for example the file is not a video; 2 the command, the request or"
    " a labelled set is invalid; 3 no deployment answers, or the key is not accepted; 4 no such video; 5 something"
    " else must be ready first; 6 the deployment is too busy."
)
"""Shown under the help of every command that uses `deployment`."""


def deployment(url: str | None, key: str | None) -> Client:
    """The deployment to talk to.

    Raises:
        ClientError: no deployment is named and no local stack runs.
    """
    return connect(url, key)
