"""Counters of requests, and responses to repeat, in the one table.

| item               | pk                 | sk       | expires        |
|--------------------|--------------------|----------|----------------|
| window of a key    | L#{key_id}         | WINDOW   | with its end   |
| claim or response  | I#{account}#{key}  | REQUEST  | after 24 hours |

DynamoDB may delete what has expired days late; every read therefore looks at the time itself.
"""

from __future__ import annotations

import base64
import zlib
from datetime import UTC, datetime, timedelta

from cinedex.adapters.dynamodb_items import Item
from cinedex.adapters.dynamodb_table import ConditionFailed, DynamoDbTable
from cinedex.domain.allowance import Allowance, RateLimit
from cinedex.domain.errors import TooManyRequests
from cinedex.domain.kept_response import Claim, KeptResponse

WINDOW, REQUEST = "WINDOW", "REQUEST"
ATTEMPTS_MAX = 5
KEPT_BYTES_MAX = 380_000  # an item holds at most 400 KB


class DynamoDbRequestCounter:
    """`RequestCounter`: one conditional write for each request, which DynamoDB puts in an order."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def take(self, key_id: str, limit: RateLimit, now: datetime) -> Allowance:
        for _ in range(ATTEMPTS_MAX):
            taken = self._count(key_id, limit, now) or self._open(key_id, limit, now)
            if taken is not None:
                return taken
            full = self._full(key_id, limit, now)
            if full is not None:
                return full
        raise TooManyRequests("Too many requests with this key at the same instant.", retry_after_s=1)

    def _count(self, key_id: str, limit: RateLimit, now: datetime) -> Allowance | None:
        bounds = {":one": 1, ":max": limit.requests_max, ":now": _stamp(now)}
        try:
            window = self._table.change(
                f"L#{key_id}", WINDOW, "ADD used :one", "used < :max AND expires_at > :now", bounds
            )
        except ConditionFailed:
            return None
        return _allowance(window, limit, granted=True)

    def _open(self, key_id: str, limit: RateLimit, now: datetime) -> Allowance | None:
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

    def _full(self, key_id: str, limit: RateLimit, now: datetime) -> Allowance | None:
        window = self._table.get(f"L#{key_id}", WINDOW)
        if window is None or int(window["expires_at"]) <= _stamp(now) or int(window["used"]) < limit.requests_max:
            return None
        return _allowance(window, limit, granted=False)


class DynamoDbRequestMemory:
    """`RequestMemory`; a response too large for an item is not kept, and its request would be carried out again."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def claim(self, key: str, claim: Claim, until: datetime, now: datetime) -> Claim | None:
        try:
            self._table.put(
                _claimed(key, claim, until),
                "attribute_not_exists(pk) OR expires_at <= :now",
                {":now": _stamp(now)},
            )
        except ConditionFailed:
            earlier = self._table.get(f"I#{key}", REQUEST)
            return _claim(earlier) if earlier else claim.model_copy(update={"claim_id": ""})
        return None

    def keep(self, key: str, claim: Claim, response: KeptResponse, until: datetime) -> None:
        packed = base64.b85encode(zlib.compress(response.model_dump_json().encode())).decode()
        if len(packed) > KEPT_BYTES_MAX:
            self.release(key, claim)
            return
        item = _claimed(key, claim, until) | {"response": packed}
        try:
            self._table.put(item, "claim_id = :mine", {":mine": claim.claim_id})
        except ConditionFailed:
            return

    def release(self, key: str, claim: Claim) -> None:
        try:
            self._table.delete_if(f"I#{key}", REQUEST, "claim_id = :mine", {":mine": claim.claim_id})
        except ConditionFailed:
            return


def _claimed(key: str, claim: Claim, until: datetime) -> Item:
    return {
        "pk": f"I#{key}",
        "sk": REQUEST,
        "claim_id": claim.claim_id,
        "fingerprint": claim.fingerprint,
        "expires_at": _stamp(until),
    }


def _claim(item: Item) -> Claim:
    packed = item.get("response")
    response = None
    if packed is not None:
        response = KeptResponse.model_validate_json(zlib.decompress(base64.b85decode(str(packed))))
    return Claim(claim_id=str(item["claim_id"]), fingerprint=str(item["fingerprint"]), response=response)


def _allowance(window: Item, limit: RateLimit, *, granted: bool) -> Allowance:
    resets_at = datetime.fromtimestamp(int(window["expires_at"]), UTC)
    return Allowance(granted=granted, requests_max=limit.requests_max, used=int(window["used"]), resets_at=resets_at)


def _stamp(moment: datetime) -> int:
    """Whole seconds, as TTL wants them."""
    return int(moment.timestamp())
