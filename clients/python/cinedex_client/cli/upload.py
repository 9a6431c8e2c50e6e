"""`cinedex upload`: adds files and URLs as videos and analyses them."""

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
from cinedex_client.upload import UploadDetails

RESUME_FOLDER = Path(typer.get_app_dir("cinedex")) / "uploads"
_URL_SCHEMES = ("http://", "https://")


def upload(
    sources: Annotated[list[str], typer.Argument(metavar="FILE|URL...", help="Videos to add.")],
    name: Annotated[str | None, typer.Option(help="Name of the video; only with one source.")] = None,
    description: Annotated[str | None, typer.Option(help="Description of the videos; it is searchable.")] = None,
    group: Annotated[str | None, typer.Option(metavar="ID", help="Video group to add them to.")] = None,
    analyze: Annotated[bool, typer.Option(help="Start every analysis when a file has been uploaded.")] = True,
    wait: Annotated[bool, typer.Option(help="Wait for the analysis and show its progress.")] = True,
    as_json: JsonOption = False,
    url: UrlOption = None,
    key: KeyOption = None,
) -> None:
    """Upload videos and make them searchable. An interrupted upload of a large file continues when it is repeated."""
    _check(sources, name)
    details = UploadDetails(name, description, group)
    with deployment(url, key) as library:
        videos = [_add(library, source, details, analyze, wait) for source in sources]
    if as_json:
        print_json({"results": [video for video in videos if video]})
    if not all(video is not None and _succeeded(video) for video in videos):
        raise typer.Exit(ClientError.exit_code)


def _check(sources: list[str], name: str | None) -> None:
    if name and len(sources) > 1:
        raise typer.BadParameter("--name needs exactly one video.")
    for source in sources:
        if not _is_url(source) and not Path(source).is_file():
            problem = "is a folder, not a file" if Path(source).is_dir() else "does not exist"
            raise typer.BadParameter(f"{source} {problem}.")


def _add(library: Client, source: str, details: UploadDetails, analyze: bool, wait: bool) -> Video | None:
    """The final state of the video; None when it could not be sent. Failures are printed at once."""
    video: Video | None = None
    try:
        video = _send(library, source, details)
        return _analyze(library, video, wait) if analyze else library.video(video.video_id)
    except ClientError as error:
        if type(error) is not ClientError:
            raise
        print_error(error.message, error.hint)
        return library.video(video.video_id) if video else None


def _send(library: Client, source: str, details: UploadDetails) -> Video:
    if _is_url(source):
        return library.upload_url(source, details)
    if Path(source).stat().st_size == 0:
        raise ClientError(f"{source} is empty.")
    with upload_bar(stderr(), Path(source)) as on_progress:
        return library.upload(Path(source), details, on_progress, resume_folder=RESUME_FOLDER)


def _analyze(library: Client, video: Video, wait: bool) -> Video:
    library.wait_until_uploaded(video.video_id)
    library.analyze(video.video_id)
    if not wait:
        return library.video(video.video_id)
    return ProgressTable(stderr(), FEATURES).watch(library.follow(video.video_id))


def _succeeded(video: Video) -> bool:
    return video.status != "failed" and not any(video.detail(f).status in BROKEN for f in FEATURES)


def _is_url(source: str) -> bool:
    return source.lower().startswith(_URL_SCHEMES)
