"""What can be read of a video by time: one track for each kind of finding."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from cinedex.kernel.span import Span


class Track(StrEnum):
    TRANSCRIPT = "transcript"
    SCENES = "scenes"
    CAPTIONS = "captions"
    OBJECTS = "objects"
    SCREEN_TEXT = "screen_text"


class TimelineEntry(BaseModel):
    """One entry of a track; `body` is what the track's readers know how to show."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    index: int = Field(ge=0)
    span: Span
    body: dict[str, Any] = Field(default_factory=dict)


class TimelinePage(BaseModel):
    """`cursors` point behind each entry; `next_after` behind the last one when more follow, else None."""

    model_config = ConfigDict(frozen=True)

    entries: tuple[TimelineEntry, ...]
    cursors: tuple[str, ...] = ()
    next_after: str | None = None
