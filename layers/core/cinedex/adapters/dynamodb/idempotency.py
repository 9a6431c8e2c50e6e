"""Idempotency records of HTTP requests."""

from __future__ import annotations

import base64
import zlib
from datetime import datetime

from cinedex.access.domain.idempotency import IdempotencyRecord, StoredResponse
from cinedex.adapters.dynamodb.items import Item
from cinedex.adapters.dynamodb.rate_limits import _stamp
from cinedex.adapters.dynamodb.table import ConditionFailed, DynamoDbTable

REQUEST = "REQUEST"
KEPT_BYTES_MAX = 380_000  # an item holds at most 400 KB


class DynamoDbIdempotencyStore:
    """`IdempotencyStore`; a response too large for an item is not kept, and its request would be carried out again."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def claim(self, key: str, claim: IdempotencyRecord, until: datetime, now: datetime) -> IdempotencyRecord | None:
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

    def keep(self, key: str, claim: IdempotencyRecord, response: StoredResponse, until: datetime) -> None:
        packed = base64.b85encode(zlib.compress(response.model_dump_json().encode())).decode()
        if len(packed) > KEPT_BYTES_MAX:
            self.release(key, claim)
            return
        item = _claimed(key, claim, until) | {"response": packed}
        try:
            self._table.put(item, "claim_id = :mine", {":mine": claim.claim_id})
        except ConditionFailed:
            return

    def release(self, key: str, claim: IdempotencyRecord) -> None:
        try:
            self._table.delete_if(f"I#{key}", REQUEST, "claim_id = :mine", {":mine": claim.claim_id})
        except ConditionFailed:
            return


def _claimed(key: str, claim: IdempotencyRecord, until: datetime) -> Item:
    return {
        "pk": f"I#{key}",
        "sk": REQUEST,
        "claim_id": claim.claim_id,
        "fingerprint": claim.fingerprint,
        "expires_at": _stamp(until),
    }


def _claim(item: Item) -> IdempotencyRecord:
    packed = item.get("response")
    response = None
    if packed is not None:
        response = StoredResponse.model_validate_json(zlib.decompress(base64.b85decode(str(packed))))
    return IdempotencyRecord(claim_id=str(item["claim_id"]), fingerprint=str(item["fingerprint"]), response=response)
