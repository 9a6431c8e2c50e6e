"""A change of a video that the search index does not have yet."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class IndexUpdate(BaseModel):
    """`update_id` is unique, so that the end of one update does not remove another one of the same video."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    update_id: str
    account_id: str
    video_id: str
    requested_at: datetime
