"""Count a request against the rate limit of its API key."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.access.domain.api_keys import Caller
from cinedex.access.domain.rate_limit import RateLimit, RateLimitStatus
from cinedex.access.ports.rate_limiter import RateLimiter
from cinedex.kernel.clock import Clock


@dataclass(frozen=True)
class CheckRateLimit:
    """`limit` applies to keys without a limit of their own."""

    rate_limiter: RateLimiter
    limit: RateLimit
    clock: Clock

    def __call__(self, caller: Caller) -> RateLimitStatus:
        own = caller.requests_max
        limit = self.limit if own is None else self.limit.model_copy(update={"requests_max": own})
        return self.rate_limiter.take(caller.key_id, limit, self.clock.now())

    def resets_in_s(self, status: RateLimitStatus) -> int:
        return status.resets_in_s(self.clock.now())
