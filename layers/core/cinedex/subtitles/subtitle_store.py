"""The port of stored cues, and how they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from cinedex.library.domain.subtitle_track import SubtitleTrack
from cinedex.subtitles.cue import Cue, StoredCues


class SubtitleStore(Protocol):
    """JSON objects of a video, addressed by key; deleting a video deletes them."""

    def put(self, key: str, document: Any) -> None: ...

    def get(self, key: str) -> Any:
        """Raises `NotFound`."""

    def delete(self, key: str) -> None:
        """No error when there is no such object."""


def load_cues(store: SubtitleStore, track: SubtitleTrack) -> tuple[Cue, ...]:
    """In order of time; none for a track that is not read."""
    return _cues_of(store.get(track.key), track) if track.is_read else ()


def load_all_cues(store: SubtitleStore, tracks: Iterable[SubtitleTrack]) -> tuple[Cue, ...]:
    """Those of one track after those of another."""
    return tuple(cue for _, cues in load_tracks(store, tracks) for cue in cues)


def load_tracks(
    store: SubtitleStore, tracks: Iterable[SubtitleTrack]
) -> Iterator[tuple[SubtitleTrack, tuple[Cue, ...]]]:
    """Each track that is read, with its cues. All embedded tracks are one object, which is read once."""
    read = [track for track in tracks if track.is_read]
    stored = {key: store.get(key) for key in dict.fromkeys(track.key for track in read)}
    for track in read:
        yield track, _cues_of(stored[track.key], track)


def _cues_of(stored: Any, track: SubtitleTrack) -> tuple[Cue, ...]:
    """The other tracks of the object are not parsed."""
    (cues,) = StoredCues.model_validate({**stored, "cues": stored["cues"][track.position : track.position + 1]}).cues
    return cues
