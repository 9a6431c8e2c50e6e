"""The rate limit of an API key, and how much of it is used."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from pydantic import BaseModel, ConfigDict, Field


class RateLimit(BaseModel):
    """At most `requests_max` requests in a window of `window_s` seconds, which starts with its first request."""

    model_config = ConfigDict(frozen=True)

    requests_max: int = Field(ge=1)
    window_s: int = Field(ge=1)


class RateLimitStatus(BaseModel):
    """The state of a window after a request. `allowed` is False for a request over the limit.

    `taken` is the number of requests that were counted at once.
    """

    model_config = ConfigDict(frozen=True)

    allowed: bool
    requests_max: int
    used: int
    resets_at: datetime
    taken: int = 1

    @property
    def remaining(self) -> int:
        return max(0, self.requests_max - self.used)

    def resets_in_s(self, now: datetime) -> int:
        return max(0, ceil((self.resets_at - now).total_seconds()))
