"""Attach a subtitle file to a video, and remove it again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import reduce

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.errors import ImpossibleValue, NotFound, StateConflict, SubtitlesNotFound
from cinedex.library.domain.object_keys import subtitles_key
from cinedex.library.domain.subtitle_track import TRACKS_MAX, SubtitleSource, SubtitleTrack
from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import VideoRepository
from cinedex.library.usecases.publish_video import PublishVideo
from cinedex.subtitles.cue import StoredCues
from cinedex.subtitles.parse_file import ParsedFile
from cinedex.subtitles.subtitle_store import SubtitleStore


class SubtitleDetails(BaseModel):
    """What the sender says of a file."""

    model_config = ConfigDict(frozen=True)

    language: str | None = None
    title: str | None = None
    is_default: bool = False
    is_forced: bool = False
    is_hearing_impaired: bool = False


@dataclass(frozen=True)
class AttachSubtitles:
    """Safe to repeat: the same cues of the same language and title are one track. The text can be searched at once."""

    videos: VideoRepository
    store: SubtitleStore
    publish: PublishVideo

    def __call__(self, account_id: str, video_id: str, file: ParsedFile, details: SubtitleDetails) -> SubtitleTrack:
        """Raises `NotFound`, and `StateConflict` for a video that has too many tracks."""
        video = self.videos.get(account_id, video_id)
        track = _track(video, file, details)
        if len(video.without_subtitles(track.track_id).subtitles) >= TRACKS_MAX:
            raise StateConflict(f"The video has {TRACKS_MAX} subtitle tracks. Remove one first.")
        self._put(track, file)
        self.publish(video, lambda before: before.with_subtitles(track))
        return track

    def to_new_video(self, files: Sequence[ParsedFile], video: Video, on_failure: ExitStack) -> None:
        """Before the file of the video is stored. If the upload fails, `on_failure` removes the cues again."""
        tracks = [_track(video, file, SubtitleDetails()) for file in files]
        for track, file in zip(tracks, files, strict=True):
            on_failure.callback(self.store.delete, track.key)
            self._put(track, file)
        if tracks:
            self.publish(video, lambda before: reduce(Video.with_subtitles, tracks, before))

    def _put(self, track: SubtitleTrack, file: ParsedFile) -> None:
        self.store.put(track.key, StoredCues(cues=(file.cues,)).model_dump(mode="json"))


@dataclass(frozen=True)
class RemoveSubtitles:
    videos: VideoRepository
    store: SubtitleStore
    publish: PublishVideo

    def __call__(self, account_id: str, video_id: str, track_id: str) -> None:
        """Raises `NotFound`, and `ImpossibleValue` for a track inside the file of the video."""
        video = self.videos.get(account_id, video_id)
        track = find_track(video, track_id)
        if track.is_embedded:
            raise ImpossibleValue("The subtitles are inside the file of the video.", field="subtitle_id")
        self.publish(video, lambda before: before.without_subtitles(track_id))
        with suppress(NotFound):
            self.store.delete(track.key)


def find_track(video: Video, track_id: str) -> SubtitleTrack:
    """Raises `SubtitlesNotFound`."""
    for track in video.subtitles:
        if track.track_id == track_id:
            return track
    raise SubtitlesNotFound(track_id)


def _track(video: Video, file: ParsedFile, details: SubtitleDetails) -> SubtitleTrack:
    content = f"{details.language}\n{details.title}\n{StoredCues(cues=(file.cues,)).model_dump_json()}"
    track_id = f"{SubtitleSource.SIDECAR.value}-{hashlib.sha256(content.encode()).hexdigest()[:16]}"
    return SubtitleTrack(
        track_id=track_id,
        source=SubtitleSource.SIDECAR,
        format=file.format,
        encoding=file.encoding,
        cue_count=len(file.cues),
        key=subtitles_key(video.account_id, video.video_id, track_id),
        **details.model_dump(),
    )
