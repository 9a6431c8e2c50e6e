"""A named set of videos."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Collection(BaseModel):
    """`revision` counts replacements; collections that earlier versions stored have none, which is 0."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    collection_id: str
    account_id: str
    name: str
    metadata: dict[str, Any] = Field(default_factory=dict)
    created_at: datetime
    updated_at: datetime
    revision: int = 0
