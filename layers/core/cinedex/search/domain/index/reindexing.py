"""Filling a new search index beside the one that is read: how far it is, and which versions there are."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict

PlaceOfVideo = tuple[str, str]
"""Account and video."""


class ReindexingStatus(StrEnum):
    FILLING = "filling"
    FILLED = "filled"
    SWAPPED = "swapped"


class Reindexing(BaseModel):
    """Resumable at any time: what is behind `cursor` is in the new index, but for the videos in `waiting`.

    Those were being analysed when their turn came. `revision` counts stored writes, so that of two that go on
    with it at the same time one stops.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    started_at: datetime
    status: ReindexingStatus = ReindexingStatus.FILLING
    cursor: str | None = None
    is_at_end: bool = False
    videos_done: int = 0
    segments_done: int = 0
    waiting: tuple[PlaceOfVideo, ...] = ()
    revision: int = 0

    def changed(self, **fields: object) -> Self:
        return self.model_copy(update=fields)


class IndexVersion(BaseModel):
    """One index that exists, or its parts; `segment_count` is None for one that this version cannot read."""

    model_config = ConfigDict(frozen=True)

    name: str
    segment_count: int | None


class IndexVersions(BaseModel):
    """`live` is read; `next` is filled beside it; `old` is read by nobody and waits to be dropped."""

    model_config = ConfigDict(frozen=True)

    live: tuple[IndexVersion, ...] = ()
    next: tuple[IndexVersion, ...] = ()
    old: tuple[IndexVersion, ...] = ()
