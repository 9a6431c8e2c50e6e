"""Counts the requests of a key, exactly, however many processes count at once."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from cinedex.access.domain.rate_limit import RateLimit, RateLimitStatus


class RateLimiter(Protocol):
    def take(self, key_id: str, limit: RateLimit, now: datetime) -> RateLimitStatus:
        """Count one request if the window has room for it; one that is refused is not counted."""
