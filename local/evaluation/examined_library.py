"""Finds the videos of a labelled set in a library by their names, and adds those that are missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from local.client import FEATURES, ClientError, Deployment
from local.client.errors import NotFound
from local.client.replies import BROKEN
from local.client.upload import About
from local.evaluation.labelled_set import LabelledSet, LabelledVideo

Tell = Callable[[str], None]


def ids_by_name(library: Deployment) -> dict[str, str]:
    """The newest video of each file name."""
    newest_first = [(v.metadata.video_name if v.metadata else None, v.video_id) for v in library.videos()]
    return {name: video_id for name, video_id in reversed(newest_first) if name}


def videos_of(library: Deployment, labelled: LabelledSet, folders: Sequence[Path], tell: Tell) -> Mapping[str, str]:
    """Names by id, analysed; what is missing is taken from `folders`.

    Raises:
        NotFound: with the names that are neither in the library nor in a folder.
    """
    there = ids_by_name(library)
    missing = [video for video in labelled.videos if video.video not in there]
    files = {video.video: file for video in missing for file in [_file(video.video, folders)] if file}
    if absent := [video.video for video in missing if video.video not in files]:
        raise NotFound(
            f"Not in this library: {', '.join(absent)}.", mend="Upload them, or name a folder of files with --media."
        )
    added = {video.video: _add(library, video, files[video.video], tell) for video in missing}
    for name, video_id in added.items():
        _wait(library, name, video_id, tell)
    known = there | added
    return {known[video.video]: video.video for video in labelled.videos}


def _file(name: str, folders: Sequence[Path]) -> Path | None:
    return next((folder / name for folder in folders if (folder / name).is_file()), None)


def _add(library: Deployment, video: LabelledVideo, file: Path, tell: Tell) -> str:
    tell(f"Uploading {file.name}")
    added = library.upload(file, About(None, video.description), lambda _: None)
    library.when_uploaded(added.video_id)
    library.analyze(added.video_id)
    return added.video_id


def _wait(library: Deployment, name: str, video_id: str, tell: Tell) -> None:
    tell(f"Analysing {name}")
    *_, video = library.follow(video_id)
    if any(video.detail(feature).status in BROKEN for feature in FEATURES):
        raise ClientError(f"The analysis of {name} failed.", mend=f"See `cinedex videos show {video_id}`.")
