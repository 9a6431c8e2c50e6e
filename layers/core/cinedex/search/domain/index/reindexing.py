"""The progress of reindexing, and the index versions of a search store."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict

VideoRef = tuple[str, str]
"""Account id and video id."""


class ReindexingStatus(StrEnum):
    FILLING = "filling"
    FILLED = "filled"
    SWAPPED = "swapped"


class Reindexing(BaseModel):
    """Progress of filling the next index; it can be interrupted and resumed at any time.

    Videos before `cursor` are in the next index, except those in `waiting`, which were being analysed. `revision`
    counts stored writes: of two processes that continue the same reindexing, one gets a conflict.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    started_at: datetime
    status: ReindexingStatus = ReindexingStatus.FILLING
    cursor: str | None = None
    is_at_end: bool = False
    videos_done: int = 0
    segments_done: int = 0
    waiting: tuple[VideoRef, ...] = ()
    revision: int = 0

    def changed(self, **fields: object) -> Self:
        return self.model_copy(update=fields)


class IndexVersion(BaseModel):
    """An existing index, or one of its parts; `segment_count` is None when this version cannot read it."""

    model_config = ConfigDict(frozen=True)

    name: str
    segment_count: int | None


class IndexVersions(BaseModel):
    """`live` serves searches, `next` is being filled, `old` is unused and can be dropped."""

    model_config = ConfigDict(frozen=True)

    live: tuple[IndexVersion, ...] = ()
    next: tuple[IndexVersion, ...] = ()
    old: tuple[IndexVersion, ...] = ()
