"""`cinedex videos`: what is in the library, what was found in it, and how to be rid of it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from cinedex_client import FEATURES, Client, ClientError
from cinedex_client.cli.display.console import print_json, stderr, stdout
from cinedex_client.cli.display.progress_table import ProgressTable
from cinedex_client.cli.display.timeline import Entry, of_captions, of_lines, of_objects, of_scenes, timeline
from cinedex_client.cli.display.videos import video_sheet, video_table
from cinedex_client.cli.remote import EXIT_CODES, JsonOption, KeyOption, UrlOption, deployment
from cinedex_client.models import BROKEN, Reply

app = typer.Typer(help="List, read and delete videos.", epilog=EXIT_CODES, invoke_without_command=True)

VideoArgument = Annotated[str, typer.Argument(metavar="VIDEO", help="Id of the video.")]


class Insight(StrEnum):
    TRANSCRIPT = "transcript"
    CAPTIONS = "captions"
    SCENES = "scenes"
    OBJECTS = "objects"
    SCREEN_TEXT = "screen-text"


@app.callback()
def default(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_videos()


@app.command("list")
def list_videos(as_json: JsonOption = False, url: UrlOption = None, key: KeyOption = None) -> None:
    """All videos, newest first."""
    with deployment(url, key) as library:
        videos = library.videos()
    if as_json:
        print_json({"results": videos})
    elif videos:
        stdout().print(video_table(videos))
    else:
        stderr().print("No videos yet. Add one with `cinedex upload FILE`.")


@app.command()
def show(video: VideoArgument, as_json: JsonOption = False, url: UrlOption = None, key: KeyOption = None) -> None:
    """One video: what it is, and where each analysis stands."""
    with deployment(url, key) as library:
        shown = library.video(video)
    if as_json:
        print_json(shown)
    else:
        stdout().print(video_sheet(shown))


@app.command()
def read(
    video: VideoArgument,
    insight: Annotated[Insight, typer.Argument(help="What to read.")] = Insight.TRANSCRIPT,
    as_json: JsonOption = False,
    url: UrlOption = None,
    key: KeyOption = None,
) -> None:
    """What was heard, seen or read in a video, with its times."""
    with deployment(url, key) as library:
        found, entries = _reading(library, insight, video)
    if as_json:
        print_json({"data": found})
    else:
        stdout().print(timeline(entries))


@app.command()
def analyze(
    video: VideoArgument,
    force: Annotated[bool, typer.Option("--force", help="Compute anew what is ready already.")] = False,
    url: UrlOption = None,
    key: KeyOption = None,
) -> None:
    """Analyse a video that was uploaded without, or again after a failure."""
    with deployment(url, key) as library:
        library.analyze(video, force=force)
        analyzed = ProgressTable(stderr(), FEATURES).watch(library.follow(video))
    if any(analyzed.detail(feature).status in BROKEN for feature in FEATURES):
        raise typer.Exit(ClientError.exit_code)


@app.command()
def delete(
    videos: Annotated[list[str], typer.Argument(metavar="VIDEO...", help="Ids of the videos.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    url: UrlOption = None,
    key: KeyOption = None,
) -> None:
    """Delete videos with everything that was found in them; there is no way back."""
    if not yes:
        typer.confirm(f"Delete {len(videos)} video{'s' if len(videos) > 1 else ''} for good?", abort=True)
    with deployment(url, key) as library:
        for video in videos:
            library.delete(video)
            stderr().print(f"Deleted {video}.")


def _reading(library: Client, insight: Insight, video: str) -> tuple[Sequence[Reply], list[Entry]]:
    """What the deployment tells, as it came and as lines to show."""
    match insight:
        case Insight.TRANSCRIPT:
            return (said := list(library.transcript(video))), of_lines(said)
        case Insight.CAPTIONS:
            return (described := list(library.captions(video))), of_captions(described)
        case Insight.SCENES:
            return (scenes := list(library.scenes(video))), of_scenes(scenes)
        case Insight.OBJECTS:
            return (seen := list(library.objects(video))), of_objects(seen)
        case Insight.SCREEN_TEXT:
            return (written := list(library.screen_text(video))), of_lines(written)
