"""Request counters of API keys, one item for each key.

DynamoDB may delete an expired item days late, so every read compares the time itself.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cinedex.access.domain.rate_limit import RateLimit, RateLimitStatus
from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.items import Item, Key
from cinedex.adapters.dynamodb.table import ConditionFailed, DynamoDbTable
from cinedex.kernel.clock import CLOCK_DIFFERENCE_MAX
from cinedex.kernel.errors import TooManyRequests
from cinedex.kernel.retry import CONFLICT


class DynamoDbRateLimiter:
    """`RateLimiter`: conditional writes, which DynamoDB serialises."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def take(self, key_id: str, limit: RateLimit, now: datetime, requests: int = 1) -> RateLimitStatus:
        key = keys.rate_window(key_id)
        for attempt in CONFLICT.attempts("count a request", self._table.sleep):
            count = min(requests, limit.requests_max) if attempt == 1 else 1
            counted = self._count(key, limit, now, count) or self._open(key, limit, now, count)
            status = counted or self._full(key, limit, now)
            if status is not None:
                return status
        raise TooManyRequests("Too many concurrent requests with this API key. Try again.", retry_after_s=1)

    def _count(self, key: Key, limit: RateLimit, now: datetime, count: int) -> RateLimitStatus | None:
        values: dict[str, str | int] = {":count": count, ":most": limit.requests_max - count, **_bounds(limit, now)}
        counted = "used <= :most AND expires_at > :now AND expires_at <= :latest"
        try:
            window = self._table.change(*key, "ADD used :count", counted, values)
        except ConditionFailed:
            return None
        return _status(window, limit, taken=count)

    def _open(self, key: Key, limit: RateLimit, now: datetime, count: int) -> RateLimitStatus | None:
        end = _timestamp(now + timedelta(seconds=limit.window_s))
        values: dict[str, str | int] = {":count": count, ":end": end, **_bounds(limit, now)}
        expired = "attribute_not_exists(pk) OR expires_at <= :now OR expires_at > :latest"
        try:
            window = self._table.change(*key, "SET used = :count, expires_at = :end", expired, values)
        except ConditionFailed:
            return None
        return _status(window, limit, taken=count)

    def _full(self, key: Key, limit: RateLimit, now: datetime) -> RateLimitStatus | None:
        window = self._table.get(*key)
        bounds = _bounds(limit, now)
        if window is None or not bounds[":now"] < int(window["expires_at"]) <= bounds[":latest"]:
            return None
        if int(window["used"]) < limit.requests_max:
            return None
        return _status(window, limit, taken=0)


def _bounds(limit: RateLimit, now: datetime) -> dict[str, int]:
    """Between which times a window that counts now can end.

    A later end was computed by a clock that was wrong, or under a longer limit: that window counts no longer.
    """
    latest = now + timedelta(seconds=limit.window_s) + CLOCK_DIFFERENCE_MAX
    return {":now": _timestamp(now), ":latest": _timestamp(latest)}


def _status(window: Item, limit: RateLimit, *, taken: int) -> RateLimitStatus:
    resets_at = datetime.fromtimestamp(int(window["expires_at"]), UTC)
    return RateLimitStatus(
        allowed=taken > 0,
        requests_max=limit.requests_max,
        used=int(window["used"]),
        resets_at=resets_at,
        taken=taken,
    )


def _timestamp(time: datetime) -> int:
    """Whole seconds, as DynamoDB's time to live requires."""
    return int(time.timestamp())
