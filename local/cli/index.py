"""`cinedex index`: shows, rebuilds, swaps and deletes the search indexes of the local stack."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from local.settings import LocalSettings

if TYPE_CHECKING:
    from local.search_index import SearchIndex

app = typer.Typer(
    help="The search index of the running local stack: build a new one, make it live, delete the old one.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show the search indexes and the progress of reindexing.

    **Exit codes**: 0 shown, 1 failed, 3 no stack runs.
    """
    _show(_index().status(), as_json)


@app.command()
def reindex(
    segments_per_s: Annotated[
        float | None, typer.Option(min=0.1, help="Maximum rate. Default: the setting of the deployment.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Build a new index from the stored documents while the live one serves searches; nothing is analysed again.

    An interrupted run continues where it stopped. Next steps: `cinedex index swap`, `cinedex index drop`.

    **Exit codes**: 0 complete, 1 failed, 3 no stack runs, 5 conflict with the current state.
    """
    index = _index()
    while (state := index.reindex(segments_per_s))["reindexing"]["status"] == "filling":
        typer.echo(_progress(state["reindexing"]), err=True)
    _show(state, as_json)


@app.command()
def swap(as_json: AsJson = False) -> None:
    """Make the new index live, in one step.

    **Exit codes**: 0 swapped, 1 failed, 3 no stack runs, 5 there is no new index, or it is not complete.
    """
    _show(_index().swap(), as_json)


@app.command()
def drop(
    also_next: Annotated[bool, typer.Option("--next", help="Also cancel reindexing and delete the new index.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete indexes that are no longer live.

    **Exit codes**: 0 deleted, 1 failed, 3 no stack runs.
    """
    _show(_index().drop(also_next=also_next), as_json)


def _index() -> SearchIndex:
    from local.home import Home
    from local.search_index import SearchIndex

    return SearchIndex.of(Home(LocalSettings().home))


def _show(state: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(state))
        return
    if not any(state["versions"].values()):
        typer.echo("There is no search index. Build one from the stored documents: cinedex index reindex")
    for role, versions in state["versions"].items():
        for version in versions:
            count = version["segment_count"]
            content = "of another version of Cinedex" if count is None else f"{count} segments"
            typer.echo(f"{role:<5} {version['name']}  {content}")
    if state["reindexing"]:
        typer.echo(_progress(state["reindexing"]))


def _progress(reindexing: dict[str, Any]) -> str:
    return f"{reindexing['status']}: {reindexing['videos_done']} videos, {reindexing['segments_done']} segments"
