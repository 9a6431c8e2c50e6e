"""A deletion that is repeated until no late result can arrive any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

LATE_MAX = timedelta(minutes=20)
"""Longer than the longest function runs, and than the slowest worker needs to notice that its task was cancelled."""


class PendingDeletion(BaseModel):
    """`media_key` is empty if the file stays: it is in a bucket of the user."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    account_id: str
    video_id: str
    media_key: str
    asked_at: datetime

    def is_over(self, now: datetime) -> bool:
        return now - self.asked_at > LATE_MAX
