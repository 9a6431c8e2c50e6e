"""What happens to files that arrive by themselves, and for how long videos stay."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from cinedex.library.domain.feature import Feature

OF_ACCOUNT = "account"
RETENTION_DAYS_MAX = 36_500


class CollectionPolicy(BaseModel):
    """Of a collection, or of the whole account if `collection_id` is `OF_ACCOUNT`.

    `features` None: those of the account, then those of the deployment; an empty tuple: none. `retention_days` None:
    videos stay. `swept_at` and `cursor` are the progress of the sweep that deletes older videos.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    account_id: str
    collection_id: str
    features: tuple[Feature, ...] | None = None
    retention_days: int | None = None
    updated_at: datetime
    swept_at: datetime | None = None
    cursor: str | None = None
    revision: int = 0
