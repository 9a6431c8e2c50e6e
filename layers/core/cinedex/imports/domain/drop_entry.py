"""An entry of the list of rejected files, or of the list of what has arrived recently."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from cinedex.imports.domain.drop_object import DropState
from cinedex.imports.domain.rejection import Rejection

RECENT_KEPT_FOR = timedelta(days=7)


class DropList(StrEnum):
    RECENT = "recent"
    REJECTED = "rejected"


class DropEntry(BaseModel):
    """An entry of `REJECTED` is removed when its file is accepted or removed; one of `RECENT` expires."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    account_id: str
    list_name: DropList
    entry_id: str
    bucket: str
    key: str
    state: DropState
    size_bytes: int = 0
    video_id: str | None = None
    rejection: Rejection | None = None
    at: datetime
    expires_at: datetime | None = None


class DropCounts(BaseModel):
    """`ready`: files that are videos, `rejected`: files that are none."""

    model_config = ConfigDict(frozen=True)

    ready: int
    rejected: int

    @property
    def arrived(self) -> int:
        return self.ready + self.rejected
