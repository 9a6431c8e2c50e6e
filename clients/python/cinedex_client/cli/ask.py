"""`cinedex ask`: an answer with citations, or the statement that there is no confident match."""

from __future__ import annotations

from typing import Annotated

import typer

from cinedex_client.cli.display.console import print_json, print_warning, stdout
from cinedex_client.cli.display.moments import answer_sheet, degradations
from cinedex_client.cli.remote import JsonOption, KeyOption, UrlOption, VideoOption, deployment


def ask(
    question: Annotated[str, typer.Argument(help="A question about the videos.")],
    video: VideoOption = None,
    as_json: JsonOption = False,
    url: UrlOption = None,
    key: KeyOption = None,
) -> None:
    """Ask a question; every answer cites the moments that support it."""
    with deployment(url, key) as library:
        answer = library.ask(question, video_ids=video or ())
    for warning in degradations(answer):
        print_warning(warning)
    if as_json:
        print_json(answer)
    else:
        stdout().print(answer_sheet(answer))
