"""`cinedex index`: the search index of the stack on this machine, and filling a new one beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from local.settings import LocalSettings

if TYPE_CHECKING:
    from local.search_index import SearchIndex

app = typer.Typer(
    help="The search index of the running local stack: fill a new one beside it, let it take over, drop the old.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show which indexes there are, and how far a backfill is.

    **Exit codes**: 0 shown, 1 failed, 3 no stack runs.
    """
    _show(_index().status(), as_json)


@app.command()
def backfill(
    segments_per_s: Annotated[
        float | None, typer.Option(min=0.1, help="No faster than this; left out, as the deployment is set.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fill a new index from what is stored, beside the one that is read; nothing is analysed or embedded again.

    It can be interrupted and goes on where it was. Then: `cinedex index swap`, `cinedex index drop`.

    **Exit codes**: 0 filled, 1 failed, 3 no stack runs, 5 not now.
    """
    index = _index()
    while (answer := index.backfill(segments_per_s))["backfill"]["status"] == "filling":
        typer.echo(_progress(answer["backfill"]), err=True)
    _show(answer, as_json)


@app.command()
def swap(as_json: AsJson = False) -> None:
    """Let the filled index be read from now on, in one step.

    **Exit codes**: 0 swapped, 1 failed, 3 no stack runs, 5 there is none, or it is not filled yet.
    """
    _show(_index().swap(), as_json)


@app.command()
def drop(
    also_next: Annotated[bool, typer.Option("--next", help="Give up a backfill, too, and what it has filled.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove indexes that nobody reads any more.

    **Exit codes**: 0 dropped, 1 failed, 3 no stack runs.
    """
    _show(_index().drop(also_next=also_next), as_json)


def _index() -> SearchIndex:
    from local.home import Home
    from local.search_index import SearchIndex

    return SearchIndex.of(Home(LocalSettings().home))


def _show(answer: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(answer))
        return
    if not any(answer["versions"].values()):
        typer.echo("There is no search index. Fill one from what is stored: cinedex index backfill")
    for role, versions in answer["versions"].items():
        for version in versions:
            count = version["segment_count"]
            held = "of another version of Cinedex" if count is None else f"{count} segments"
            typer.echo(f"{role:<5} {version['name']}  {held}")
    if answer["backfill"]:
        typer.echo(_progress(answer["backfill"]))


def _progress(backfill: dict[str, Any]) -> str:
    return f"{backfill['status']}: {backfill['videos_done']} videos, {backfill['segments_done']} segments"
