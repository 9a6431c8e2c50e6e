"""Time-coded entries of a video, in one track for each kind of result."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from cinedex.kernel.span import Span


class Track(StrEnum):
    TRANSCRIPT = "transcript"
    TRANSLATION = "translation"
    SCENES = "scenes"
    CAPTIONS = "captions"
    OBJECTS = "objects"
    SCREEN_TEXT = "screen_text"


class TimelineEntry(BaseModel):
    """One entry of a track; the fields of `body` depend on the track."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    index: int = Field(ge=0)
    span: Span
    body: dict[str, Any] = Field(default_factory=dict)


class TimelinePage(BaseModel):
    """`cursors` has the cursor after each entry; `next_after` is the last one, or None on the last page."""

    model_config = ConfigDict(frozen=True)

    entries: tuple[TimelineEntry, ...]
    cursors: tuple[str, ...] = ()
    next_after: str | None = None
