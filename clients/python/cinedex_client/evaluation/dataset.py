"""Finds the videos of a labelled set in a library by name, and uploads those that are missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from cinedex_client import FEATURES, Client, ClientError
from cinedex_client.errors import NotFound, NotReady
from cinedex_client.evaluation.labelled_set import LabelledSet, LabelledVideo
from cinedex_client.models import BROKEN, IN_FLIGHT, Video
from cinedex_client.upload import UploadDetails

Report = Callable[[str], None]


def videos_by_name(library: Client) -> dict[str, Video]:
    """The newest video of each file name."""
    newest_first = [(video.metadata.video_name if video.metadata else None, video) for video in library.videos()]
    return {name: video for name, video in reversed(newest_first) if name}


def resolve_videos(
    library: Client, labelled: LabelledSet, folders: Sequence[Path], report: Report
) -> Mapping[str, str]:
    """The names of the videos by id, all analysed; missing videos are uploaded from `folders`.

    Raises:
        NotFound: with the names of the videos that are neither in the library nor in a folder.
        NotReady: with the names of the videos that are not analysed.
        ClientError: with the names of the videos whose analysis failed.
    """
    existing = videos_by_name(library)
    missing = [video for video in labelled.videos if video.video not in existing]
    files = {video.video: file for video in missing for file in [_file(video.video, folders)] if file}
    if absent := [video.video for video in missing if video.video not in files]:
        raise NotFound(
            f"Not in this library: {', '.join(absent)}.",
            hint="Upload them, or give the folder of the files with --media.",
        )
    _require_analysed([(video.video, existing[video.video]) for video in labelled.videos if video.video in existing])
    added = {video.video: _add(library, video, files[video.video], report) for video in missing}
    for name, video_id in added.items():
        _wait(library, name, video_id, report)
    known = {name: video.video_id for name, video in existing.items()} | added
    return {known[video.video]: video.video for video in labelled.videos}


def _require_analysed(named: Sequence[tuple[str, Video]]) -> None:
    """A video that is not analysed cannot be found, and its queries would count as failures of search."""
    if rejected := [one for one in named if one[1].status == "failed"]:
        raise ClientError(f"The upload of {_names(rejected)} failed.", hint="Delete it, and upload the file again.")
    if failed := [one for one in named if _statuses(one[1]) & BROKEN]:
        raise ClientError(f"The analysis of {_names(failed)} failed.", hint=f"Try again: {_analyze(failed)}")
    if running := [one for one in named if _statuses(one[1]) & IN_FLIGHT]:
        raise NotReady(
            f"Still being analysed: {_names(running)}.", hint="Wait until `cinedex videos list` shows it ready."
        )
    if missing := [one for one in named if _statuses(one[1]) != {"ready"}]:
        raise NotReady(f"Not analysed yet: {_names(missing)}.", hint=f"Analyse it first: {_analyze(missing)}")


def _statuses(video: Video) -> set[str]:
    return {video.detail(feature).status for feature in FEATURES}


def _names(named: Sequence[tuple[str, Video]]) -> str:
    return ", ".join(name for name, _ in named)


def _analyze(named: Sequence[tuple[str, Video]]) -> str:
    return "; ".join(f"cinedex videos analyze {video.video_id}" for _, video in named)


def _file(name: str, folders: Sequence[Path]) -> Path | None:
    return next((folder / name for folder in folders if (folder / name).is_file()), None)


def _add(library: Client, video: LabelledVideo, file: Path, report: Report) -> str:
    report(f"Uploading {file.name}")
    added = library.upload(file, UploadDetails(description=video.description))
    library.wait_until_uploaded(added.video_id)
    library.analyze(added.video_id)
    return added.video_id


def _wait(library: Client, name: str, video_id: str, report: Report) -> None:
    report(f"Analysing {name}")
    *_, video = library.follow(video_id)
    if any(video.detail(feature).status in BROKEN for feature in FEATURES):
        raise ClientError(f"The analysis of {name} failed.", hint=f"See: cinedex videos show {video_id}")
