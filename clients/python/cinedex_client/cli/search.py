"""`cinedex search`: moments in which something is said, seen or written."""

from __future__ import annotations

from typing import Annotated

import typer

from cinedex_client.cli.display.console import print_json, print_warning, stdout
from cinedex_client.cli.display.moments import hit_list
from cinedex_client.cli.remote import JsonOption, KeyOption, UrlOption, VideoOption, deployment


def search(
    query: Annotated[str, typer.Argument(help="What to search for, in your own words.")],
    video: VideoOption = None,
    limit: Annotated[int, typer.Option(min=1, max=50, help="Maximum number of moments.")] = 10,
    literal: Annotated[bool, typer.Option("--literal", help="Match exactly these words.")] = False,
    as_json: JsonOption = False,
    url: UrlOption = None,
    key: KeyOption = None,
) -> None:
    """Find moments in all videos, best first."""
    with deployment(url, key) as library:
        reply = library.search(query, video_ids=video or (), limit=limit, literal=literal)
    if reply.degraded:
        print_warning("A part of search is down: moments may be missing.")
    if as_json:
        print_json(reply)
    else:
        stdout().print(hit_list(reply))
