"""The subtitle tracks of a video: those inside its file, and files that were sent with it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

TRACKS_MAX = 64


class SubtitleSource(StrEnum):
    EMBEDDED = "embedded"
    SIDECAR = "sidecar"


class SubtitleTrack(BaseModel):
    """One track of subtitles; `language` is that of the container or of the client.

    `key` is the stored object with the cues and `position` their place in it; without a key, there are no cues, and
    `unread` says why if that is not only because the video was not analysed yet. `encoding` is that of a sidecar file.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    track_id: str
    source: SubtitleSource
    format: str
    language: str | None = None
    title: str | None = None
    is_default: bool = False
    is_forced: bool = False
    is_hearing_impaired: bool = False
    encoding: str | None = None
    cue_count: int | None = None
    unread: str | None = None
    key: str = ""
    position: int = Field(default=0, ge=0)

    @property
    def is_embedded(self) -> bool:
        return self.source is SubtitleSource.EMBEDDED

    @property
    def is_read(self) -> bool:
        return bool(self.key)


def embedded_track_id(number: int) -> str:
    """The subtitle tracks of a file are numbered from 0, in the order of the file."""
    return f"embedded-{number}"
