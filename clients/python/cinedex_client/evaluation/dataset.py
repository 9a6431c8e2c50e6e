"""Finds the videos of a labelled set in a library by their names, and adds those that are missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from cinedex_client import FEATURES, Client, ClientError
from cinedex_client.errors import NotFound, NotReady
from cinedex_client.evaluation.labelled_set import LabelledSet, LabelledVideo
from cinedex_client.models import BROKEN, IN_FLIGHT, Video
from cinedex_client.upload import About

Tell = Callable[[str], None]


def videos_by_name(library: Client) -> dict[str, Video]:
    """The newest video of each file name."""
    newest_first = [(video.metadata.video_name if video.metadata else None, video) for video in library.videos()]
    return {name: video for name, video in reversed(newest_first) if name}


def videos_of(library: Client, labelled: LabelledSet, folders: Sequence[Path], tell: Tell) -> Mapping[str, str]:
    """Names by id, analysed; what is missing is taken from `folders`.

    Raises:
        NotFound: with the names that are neither in the library nor in a folder.
        NotReady: with the names of those that are there and not analysed.
        ClientError: with the names of those whose analysis failed.
    """
    there = videos_by_name(library)
    missing = [video for video in labelled.videos if video.video not in there]
    files = {video.video: file for video in missing for file in [_file(video.video, folders)] if file}
    if absent := [video.video for video in missing if video.video not in files]:
        raise NotFound(
            f"Not in this library: {', '.join(absent)}.", mend="Upload them, or name a folder of files with --media."
        )
    _require_analysed([(video.video, there[video.video]) for video in labelled.videos if video.video in there])
    added = {video.video: _add(library, video, files[video.video], tell) for video in missing}
    for name, video_id in added.items():
        _wait(library, name, video_id, tell)
    known = {name: video.video_id for name, video in there.items()} | added
    return {known[video.video]: video.video for video in labelled.videos}


def _require_analysed(named: Sequence[tuple[str, Video]]) -> None:
    """What was not analysed is not found, and its queries would count as if search had missed them."""
    if rejected := [one for one in named if one[1].status == "failed"]:
        raise ClientError(f"The upload of {_told(rejected)} failed.", mend="Delete it, and upload the file again.")
    if failed := [one for one in named if _statuses(one[1]) & BROKEN]:
        raise ClientError(f"The analysis of {_told(failed)} failed.", mend=f"Try again: {_analyze(failed)}")
    if running := [one for one in named if _statuses(one[1]) & IN_FLIGHT]:
        raise NotReady(
            f"Still being analysed: {_told(running)}.", mend="Wait until `cinedex videos list` shows it ready."
        )
    if missing := [one for one in named if _statuses(one[1]) != {"ready"}]:
        raise NotReady(f"Not analysed yet: {_told(missing)}.", mend=f"Analyse it first: {_analyze(missing)}")


def _statuses(video: Video) -> set[str]:
    return {video.detail(feature).status for feature in FEATURES}


def _told(named: Sequence[tuple[str, Video]]) -> str:
    return ", ".join(name for name, _ in named)


def _analyze(named: Sequence[tuple[str, Video]]) -> str:
    return "; ".join(f"cinedex videos analyze {video.video_id}" for _, video in named)


def _file(name: str, folders: Sequence[Path]) -> Path | None:
    return next((folder / name for folder in folders if (folder / name).is_file()), None)


def _add(library: Client, video: LabelledVideo, file: Path, tell: Tell) -> str:
    tell(f"Uploading {file.name}")
    added = library.upload(file, About(None, video.description), lambda _: None)
    library.when_uploaded(added.video_id)
    library.analyze(added.video_id)
    return added.video_id


def _wait(library: Client, name: str, video_id: str, tell: Tell) -> None:
    tell(f"Analysing {name}")
    *_, video = library.follow(video_id)
    if any(video.detail(feature).status in BROKEN for feature in FEATURES):
        raise ClientError(f"The analysis of {name} failed.", mend=f"See `cinedex videos show {video_id}`.")
