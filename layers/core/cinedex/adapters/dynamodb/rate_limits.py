"""Counters of requests, and responses to repeat, in the one table.

| item               | pk                 | sk       | expires        |
|--------------------|--------------------|----------|----------------|
| window of a key    | L#{key_id}         | WINDOW   | with its end   |
| claim or response  | I#{account}#{key}  | REQUEST  | after 24 hours |

DynamoDB may delete what has expired days late; every read therefore looks at the time itself.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cinedex.access.domain.rate_limit import RateLimit, RateLimitStatus
from cinedex.adapters.dynamodb.items import Item
from cinedex.adapters.dynamodb.table import ConditionFailed, DynamoDbTable
from cinedex.kernel.errors import TooManyRequests
from cinedex.kernel.retry import CONFLICT

WINDOW, REQUEST = "WINDOW", "REQUEST"


class DynamoDbRateLimiter:
    """`RateLimiter`: one conditional write for each request, which DynamoDB puts in an order."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def take(self, key_id: str, limit: RateLimit, now: datetime) -> RateLimitStatus:
        for _ in CONFLICT.attempts(self._table.sleep):
            taken = self._count(key_id, limit, now) or self._open(key_id, limit, now)
            if taken is not None:
                return taken
            full = self._full(key_id, limit, now)
            if full is not None:
                return full
        raise TooManyRequests("Too many requests with this key at the same instant.", retry_after_s=1)

    def _count(self, key_id: str, limit: RateLimit, now: datetime) -> RateLimitStatus | None:
        bounds = {":one": 1, ":max": limit.requests_max, ":now": _stamp(now)}
        try:
            window = self._table.change(
                f"L#{key_id}", WINDOW, "ADD used :one", "used < :max AND expires_at > :now", bounds
            )
        except ConditionFailed:
            return None
        return _allowance(window, limit, granted=True)

    def _open(self, key_id: str, limit: RateLimit, now: datetime) -> RateLimitStatus | None:
        bounds = {":one": 1, ":now": _stamp(now), ":end": _stamp(now + timedelta(seconds=limit.window_s))}
        try:
            window = self._table.change(
                f"L#{key_id}",
                WINDOW,
                "SET used = :one, expires_at = :end",
                "attribute_not_exists(pk) OR expires_at <= :now",
                bounds,
            )
        except ConditionFailed:
            return None
        return _allowance(window, limit, granted=True)

    def _full(self, key_id: str, limit: RateLimit, now: datetime) -> RateLimitStatus | None:
        window = self._table.get(f"L#{key_id}", WINDOW)
        if window is None or int(window["expires_at"]) <= _stamp(now) or int(window["used"]) < limit.requests_max:
            return None
        return _allowance(window, limit, granted=False)


def _allowance(window: Item, limit: RateLimit, *, granted: bool) -> RateLimitStatus:
    resets_at = datetime.fromtimestamp(int(window["expires_at"]), UTC)
    return RateLimitStatus(
        granted=granted, requests_max=limit.requests_max, used=int(window["used"]), resets_at=resets_at
    )


def _stamp(moment: datetime) -> int:
    """Whole seconds, as TTL wants them."""
    return int(moment.timestamp())
