"""`cinedex videos`: lists, shows, reads, analyses and deletes the videos of a library."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
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


class SubtitleFormat(StrEnum):
    SRT = "srt"
    VTT = "vtt"


@app.callback()
def default(context: typer.Context, as_json: JsonOption = False, url: UrlOption = None, key: KeyOption = None) -> None:
    if context.invoked_subcommand is None:
        list_videos(as_json, url, key)
    elif as_json or url or key:
        raise typer.BadParameter(f"Give options after the command: cinedex videos {context.invoked_subcommand} …")


@app.command("list")
def list_videos(as_json: JsonOption = False, url: UrlOption = None, key: KeyOption = None) -> None:
    """List all videos, newest first."""
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
    """Show one video and the state of each analysis."""
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
    """Print the transcript, captions, scenes, objects or on-screen text of a video, with times."""
    with deployment(url, key) as library:
        items, entries = _insight(library, insight, video)
    if as_json:
        print_json({"data": items})
    else:
        stdout().print(timeline(entries))


@app.command()
def export(
    video: VideoArgument,
    file_format: Annotated[SubtitleFormat, typer.Option("--format", help="SubRip or WebVTT.")] = SubtitleFormat.SRT,
    subtitles: Annotated[
        str | None, typer.Option("--subtitles", metavar="ID", help="Id of a subtitle track, instead of the transcript.")
    ] = None,
    translation: Annotated[
        str | None, typer.Option("--translation", metavar="LANGUAGE", help="The translation of the transcript: en.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="File to write, instead of printing it.")
    ] = None,
    url: UrlOption = None,
    key: KeyOption = None,
) -> None:
    """Export the transcript of a video, or one of its subtitle tracks, as a subtitle file."""
    if subtitles and translation:
        raise typer.BadParameter("Give either --subtitles or --translation.")
    with deployment(url, key) as library:
        content = library.export(video, file_format.value, subtitle_id=subtitles, translation=translation)
    if output is None:
        typer.echo(content, nl=False)
        return
    try:
        output.write_text(content, encoding="utf-8", newline="\n")
    except OSError as error:
        raise typer.BadParameter(f"{output} cannot be written: {error.strerror}.") from error
    stderr().print(f"Wrote {output}.")


@app.command()
def analyze(
    video: VideoArgument,
    force: Annotated[bool, typer.Option("--force", help="Also compute features that are ready.")] = False,
    bulk: Annotated[bool, typer.Option("--bulk", help="Let all other analyses run first.")] = False,
    url: UrlOption = None,
    key: KeyOption = None,
) -> None:
    """Analyse a video that was uploaded with --no-analyze, or whose analysis failed."""
    with deployment(url, key) as library:
        library.analyze(video, force=force, bulk=bulk)
        analyzed = ProgressTable(stderr(), FEATURES).watch(library.follow(video))
    if any(analyzed.detail(feature).status in BROKEN for feature in FEATURES):
        raise typer.Exit(ClientError.exit_code)


@app.command()
def move(
    videos: Annotated[list[str], typer.Argument(metavar="VIDEO...", help="Ids of the videos.")],
    group: Annotated[str | None, typer.Option("--group", metavar="ID", help="Video group to move them into.")] = None,
    no_group: Annotated[bool, typer.Option("--no-group", help="Take them out of their group.")] = False,
    url: UrlOption = None,
    key: KeyOption = None,
) -> None:
    """Move videos into a video group, or out of their group."""
    if bool(group) == no_group:
        raise typer.BadParameter("Give either --group or --no-group.")
    with deployment(url, key) as library:
        for video in videos:
            library.move(video, group)
            stderr().print(f"Moved {video} into {group}." if group else f"{video} is in no group.")


@app.command()
def delete(
    videos: Annotated[list[str], typer.Argument(metavar="VIDEO...", help="Ids of the videos.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Delete without confirmation.")] = False,
    url: UrlOption = None,
    key: KeyOption = None,
) -> None:
    """Delete videos and all results of their analyses. This cannot be undone."""
    if not yes:
        typer.confirm(f"Delete {len(videos)} video{'s' if len(videos) > 1 else ''} permanently?", abort=True)
    with deployment(url, key) as library:
        for video in videos:
            library.delete(video)
            stderr().print(f"Deleted {video}.")


def _insight(library: Client, insight: Insight, video: str) -> tuple[Sequence[Reply], list[Entry]]:
    """The items as the deployment returned them, and as lines to print."""
    match insight:
        case Insight.TRANSCRIPT:
            return (speech := list(library.transcript(video))), of_lines(speech)
        case Insight.CAPTIONS:
            return (captions := list(library.captions(video))), of_captions(captions)
        case Insight.SCENES:
            return (scenes := list(library.scenes(video))), of_scenes(scenes)
        case Insight.OBJECTS:
            return (objects := list(library.objects(video))), of_objects(objects)
        case Insight.SCREEN_TEXT:
            return (screen_text := list(library.screen_text(video))), of_lines(screen_text)
