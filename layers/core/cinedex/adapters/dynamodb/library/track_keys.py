"""The keys of the tracks of a timeline and of their entries; `keys` has their patterns."""

from __future__ import annotations

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.items import Key


def track(video_id: str, name: str, generation: int) -> Key:
    return keys.TRACK.key(video_id=video_id, track=name, generation=generation)


def track_entry(video_id: str, name: str, generation: int, start_ms: int, index: int) -> Key:
    return keys.TRACK_ENTRY.key(video_id=video_id, track=name, generation=generation, start_ms=start_ms, index=index)


def tracks_of(video_id: str) -> str:
    """The partition of the tracks of a video."""
    return keys.TRACK.key(video_id=video_id, track="", generation=0).pk


def track_prefix(name: str) -> str:
    """How the sort keys of all generations of a track begin."""
    return f"{name}{keys.DELIMITER}"


def entry_cursor(start_ms: int, index: int) -> str:
    """The end of the sort key of an entry, which orders the entries of a track by time."""
    entry = track_entry("", "", 0, start_ms, index).sk
    return entry.removeprefix(track("", "", 0).sk + keys.DELIMITER)
