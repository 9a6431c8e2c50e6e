"""The ranked list of one search, stored while a client pages through it."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, ConfigDict

from cinedex.search.domain.query.query_rewrite import Rewrite
from cinedex.search.domain.results.moment import RankedMoment

SNAPSHOT_TTL = timedelta(minutes=15)
MOMENTS_MAX = 1_000
"""How many moments a client can page through."""


class SearchSnapshot(BaseModel):
    """Best first. The position in the list is the rank, also when moments before it are deleted later."""

    model_config = ConfigDict(frozen=True)

    moments: tuple[RankedMoment, ...]
    degraded: bool = False
    rewrite: Rewrite | None = None
