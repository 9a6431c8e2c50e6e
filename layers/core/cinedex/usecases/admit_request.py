"""Let a request in while its key has some left, and tell how many."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.domain.access import Caller
from cinedex.domain.allowance import Allowance, RateLimit
from cinedex.ports.clock import Clock
from cinedex.ports.request_counter import RequestCounter


@dataclass(frozen=True)
class AdmitRequest:
    """`limit` is that of keys which carry none of their own."""

    counter: RequestCounter
    limit: RateLimit
    clock: Clock

    def __call__(self, caller: Caller) -> Allowance:
        own = caller.requests_max
        limit = self.limit if own is None else self.limit.model_copy(update={"requests_max": own})
        return self.counter.take(caller.key_id, limit, self.clock.now())

    def resets_in_s(self, allowance: Allowance) -> int:
        return allowance.resets_in_s(self.clock.now())
