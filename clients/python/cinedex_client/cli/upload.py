"""`cinedex upload`: files and addresses become searchable videos."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cinedex_client import FEATURES, Client, ClientError
from cinedex_client.cli.display.console import print_error, print_json, stderr
from cinedex_client.cli.display.progress_table import ProgressTable
from cinedex_client.cli.display.upload_bar import upload_bar
from cinedex_client.cli.remote import JsonOption, KeyOption, UrlOption, deployment
from cinedex_client.models import BROKEN, Video
from cinedex_client.upload import About

_URL_SCHEMES = ("http://", "https://")


def upload(
    sources: Annotated[list[str], typer.Argument(metavar="FILE|URL...", help="Videos to add.")],
    name: Annotated[str | None, typer.Option(help="Name to show; only with one video.")] = None,
    description: Annotated[str | None, typer.Option(help="What the videos are; it is searchable.")] = None,
    group: Annotated[str | None, typer.Option(metavar="ID", help="Collection to put them in.")] = None,
    analyze: Annotated[bool, typer.Option(help="Start every analysis as soon as a file is there.")] = True,
    wait: Annotated[bool, typer.Option(help="Stay until the analysis is done and show how far it is.")] = True,
    as_json: JsonOption = False,
    url: UrlOption = None,
    key: KeyOption = None,
) -> None:
    """Upload videos and make them searchable."""
    _check(sources, name)
    about = About(name, description, group)
    with deployment(url, key) as library:
        videos = [_taken_in(library, source, about, analyze, wait) for source in sources]
    if as_json:
        print_json({"results": [video for video in videos if video]})
    if not all(video is not None and _is_whole(video) for video in videos):
        raise typer.Exit(ClientError.exit_code)


def _check(sources: list[str], name: str | None) -> None:
    if name and len(sources) > 1:
        raise typer.BadParameter("--name goes with one video only.")
    for source in sources:
        if not _is_url(source) and not Path(source).is_file():
            what = "is a folder, not a file" if Path(source).is_dir() else "is not there"
            raise typer.BadParameter(f"{source} {what}.")


def _taken_in(library: Client, source: str, about: About, analyze: bool, wait: bool) -> Video | None:
    """The video as it stands at the end; None when it could not even be sent. Either is said at once."""
    video: Video | None = None
    try:
        video = _send(library, source, about)
        return _analyze(library, video, wait) if analyze else library.video(video.video_id)
    except ClientError as error:
        if type(error) is not ClientError:
            raise
        print_error(error.message, error.mend)
        return library.video(video.video_id) if video else None


def _send(library: Client, source: str, about: About) -> Video:
    if _is_url(source):
        return library.upload_url(source, about)
    if Path(source).stat().st_size == 0:
        raise ClientError(f"{source} is empty.")
    with upload_bar(stderr(), Path(source)) as advance:
        return library.upload(Path(source), about, advance)


def _analyze(library: Client, video: Video, wait: bool) -> Video:
    library.when_uploaded(video.video_id)
    library.analyze(video.video_id)
    if not wait:
        return library.video(video.video_id)
    return ProgressTable(stderr(), FEATURES).watch(library.follow(video.video_id))


def _is_whole(video: Video) -> bool:
    return video.status != "failed" and not any(video.detail(f).status in BROKEN for f in FEATURES)


def _is_url(source: str) -> bool:
    return source.lower().startswith(_URL_SCHEMES)
