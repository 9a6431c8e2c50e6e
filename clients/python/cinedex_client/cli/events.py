"""`cinedex events`: what happens to the videos of a library."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

import typer

from cinedex_client.cli.remote import KeyOption, UrlOption, deployment
from cinedex_client.events import AccountEvent


def events(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Wait for further events; Ctrl-C stops.")] = False,
    event: Annotated[list[str] | None, typer.Option("--event", help="Only of this type; repeatable.")] = None,
    video: Annotated[str | None, typer.Option(metavar="ID", help="Only of this video.")] = None,
    group: Annotated[str | None, typer.Option(metavar="ID", help="Only of this group.")] = None,
    after: Annotated[
        int | None,
        typer.Option(min=0, help="Begin after this position. Default: the last 7 days; with --follow, from now on."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print each event as JSON on one line.")] = False,
    url: UrlOption = None,
    key: KeyOption = None,
) -> None:
    """Print the events of a library, one a line, with their positions."""
    begin = after if after is not None or follow else 0
    with deployment(url, key) as library, suppress(KeyboardInterrupt):
        for found in library.events(begin, follow=follow, event_types=event or (), video_id=video, group_id=group):
            typer.echo(found.model_dump_json() if as_json else _line(found))


def _line(event: AccountEvent) -> str:
    details = " ".join(f"{name}={value}" for name, value in event.data.items() if value not in (None, [], {}))
    return f"{event.position}  {event.occurred_at:%Y-%m-%d %H:%M:%S}  {event.event_type}  {event.video_id}  {details}"
