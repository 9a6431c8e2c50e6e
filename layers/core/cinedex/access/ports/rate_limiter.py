"""Counts the requests of an API key, exactly under concurrency."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from cinedex.access.domain.rate_limit import RateLimit, RateLimitStatus


class RateLimiter(Protocol):
    def take(self, key_id: str, limit: RateLimit, now: datetime, requests: int = 1) -> RateLimitStatus:
        """Count `requests`, or one if they are over the limit together. A request over the limit is not counted."""
