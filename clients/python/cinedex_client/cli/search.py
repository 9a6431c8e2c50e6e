"""`cinedex search`: the moments in which something is said, seen or written."""

from __future__ import annotations

from typing import Annotated

import typer

from cinedex_client.cli.display.console import print_json, print_warning, stdout
from cinedex_client.cli.display.moments import hit_list
from cinedex_client.cli.remote import JsonOption, KeyOption, UrlOption, VideoOption, deployment


def search(
    query: Annotated[str, typer.Argument(help="What to look for, in your own words.")],
    video: VideoOption = None,
    limit: Annotated[int, typer.Option(min=1, max=50, help="How many moments at most.")] = 10,
    literal: Annotated[bool, typer.Option("--literal", help="Find exactly these words.")] = False,
    as_json: JsonOption = False,
    url: UrlOption = None,
    key: KeyOption = None,
) -> None:
    """Find moments in all videos, best first."""
    with deployment(url, key) as library:
        found = library.search(query, video_ids=video or (), limit=limit, literal=literal)
    if found.degraded:
        print_warning("A part of search is down and the rest answered: moments may be missing.")
    if as_json:
        print_json(found)
    else:
        stdout().print(hit_list(found))
