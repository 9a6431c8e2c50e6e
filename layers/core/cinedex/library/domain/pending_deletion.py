"""A deletion that was asked for, remembered until nothing can come late any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

LATE_MAX = timedelta(minutes=20)
"""Longer than the longest function and the slowest worker need to notice that nobody waits for them."""


class PendingDeletion(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    account_id: str
    video_id: str
    media_key: str
    asked_at: datetime

    def is_over(self, now: datetime) -> bool:
        return now - self.asked_at > LATE_MAX
