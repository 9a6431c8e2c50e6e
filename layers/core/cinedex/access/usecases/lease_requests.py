"""Count the requests of busy API keys in leases: one write of the store allows several requests of this process."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from cinedex.access.domain.rate_limit import RateLimit, RateLimitStatus
from cinedex.access.ports.rate_limiter import RateLimiter

LEASE = timedelta(seconds=1)
REQUESTS_MAX = 1_000
SHARE = 100
"""A lease has at most one hundredth of the requests that remain in the window."""
KEYS_MAX = 10_000
"""Keys whose lease a process remembers."""


@dataclass(frozen=True)
class RequestLease:
    """Requests that the store has counted and that this process has not used yet."""

    limit: RateLimit
    status: RateLimitStatus
    unused: int
    taken_at: datetime

    def holds(self, limit: RateLimit, now: datetime) -> bool:
        in_time = self.taken_at <= now < min(self.taken_at + LEASE, self.status.resets_at)
        return self.unused > 0 and in_time and limit == self.limit

    def next_size(self, now: datetime) -> int:
        """Twice as many if all were used in half the time; as many as were used if not. One for a key that was idle."""
        used = self.status.taken - self.unused
        if not timedelta(0) <= now - self.taken_at < 2 * LEASE:
            return 1
        wanted = 2 * used if self.unused == 0 and now - self.taken_at < LEASE / 2 else used
        return max(1, min(wanted, REQUESTS_MAX, self.status.remaining // SHARE))


@dataclass(frozen=True)
class LeaseRequests:
    """`RateLimiter`. Never allows a request over the limit.

    It may refuse too early, by the unused requests of other processes: each holds at most a hundredth of what remained,
    and at most about as many as it served in a second. Keys with a limit below 200 are counted one by one.
    """

    store: RateLimiter
    _leases: dict[str, RequestLease] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def take(self, key_id: str, limit: RateLimit, now: datetime, requests: int = 1) -> RateLimitStatus:
        with self._lock:
            lease = self._leases.get(key_id)
            if lease is not None and lease.holds(limit, now):
                return self._use(key_id, lease)
        size = 1 if lease is None else lease.next_size(now)
        status = self.store.take(key_id, limit, now, max(size, requests))
        with self._lock:
            if len(self._leases) >= KEYS_MAX:
                self._leases.clear()
            return self._use(key_id, RequestLease(limit, status, status.taken, now)) if status.allowed else status

    def _use(self, key_id: str, lease: RequestLease) -> RateLimitStatus:
        unused = lease.unused - 1
        self._leases[key_id] = RequestLease(lease.limit, lease.status, unused, lease.taken_at)
        return lease.status.model_copy(update={"used": lease.status.used - unused, "taken": 1})
