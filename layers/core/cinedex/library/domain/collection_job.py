"""A job that moves all videos of a collection, in the background."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict


class JobKind(StrEnum):
    DELETE_COLLECTION = "delete_collection"
    MOVE_COLLECTION = "move_collection"


class CollectionJob(BaseModel):
    """`target_id` is the collection that the videos are moved into; None: they belong to none afterwards.

    `videos_total` is the number of videos when the job began; None if they were not counted. The job reads the list of
    the collection again and again until it is empty; `cursor` is where it continues in the list.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    job_id: str
    account_id: str
    kind: JobKind
    collection_id: str
    target_id: str | None = None
    videos_total: int | None = None
    videos_moved: int = 0
    cursor: str | None = None
    created_at: datetime
    updated_at: datetime
    ended_at: datetime | None = None
    revision: int = 1

    def advanced(self, moved: int, cursor: str | None, now: datetime) -> Self:
        return self.model_copy(update={"videos_moved": self.videos_moved + moved, "cursor": cursor, "updated_at": now})

    def ended(self, now: datetime) -> Self:
        return self.model_copy(update={"updated_at": now, "ended_at": now})
