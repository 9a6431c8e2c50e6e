"""A job that goes through all objects below a prefix and sends those that the library does not have to the queue."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from cinedex.imports.domain.drop_key import DropRoot

ENDED_KEPT_FOR = timedelta(days=30)


class DropBackfill(BaseModel):
    """`cursor` is the key after which the listing continues. `error` is why the job ended before its end."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    job_id: str
    account_id: str
    root: DropRoot
    listed_prefix: str
    cursor: str | None = None
    listed: int = 0
    queued: int = 0
    error: str | None = None
    created_at: datetime
    updated_at: datetime
    ended_at: datetime | None = None
    revision: int = 1

    @property
    def source(self) -> str:
        return f"s3://{self.root.bucket}/{self.listed_prefix}"

    @property
    def expires_at(self) -> datetime | None:
        return self.ended_at + ENDED_KEPT_FOR if self.ended_at else None

    def changed(self, **fields: Any) -> Self:
        return self.model_copy(update=fields)

    def advanced(self, cursor: str | None, listed: int, queued: int, now: datetime) -> Self:
        """Ended when there is no cursor."""
        return self.changed(
            cursor=cursor,
            listed=self.listed + listed,
            queued=self.queued + queued,
            updated_at=now,
            ended_at=None if cursor else now,
        )

    def failed(self, reason: str, now: datetime) -> Self:
        return self.changed(error=reason, updated_at=now, ended_at=now)
