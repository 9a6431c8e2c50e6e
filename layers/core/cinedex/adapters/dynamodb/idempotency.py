"""Idempotency records, and those of the two formats that versions before 0.2 wrote.

The records of older versions expire within 24 hours; until then a request finds them under their own keys.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from cinedex.access.domain.idempotency import IdempotencyKey, IdempotencyRecord, IdempotentOperation, StoredResponse
from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.items import Item, Key
from cinedex.adapters.dynamodb.table import ConditionFailed, DynamoDbTable
from cinedex.kernel.clock import CLOCK_DIFFERENCE_MAX
from cinedex.kernel.fingerprint import fingerprint

RESPONSE_BYTES_MAX = 380_000  # an item holds at most 400 KB
KEY_IS_FREE = (
    "attribute_not_exists(pk) OR expires_at <= :now "
    "OR (expires_at > :latest AND attribute_not_exists(#response) AND attribute_not_exists(resource_id))"
)
"""As `IdempotencyRecord.holds_against`."""


class DynamoDbIdempotencyStore:
    """`IdempotencyStore`. A response too large for an item is not stored; its request would run again."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def find(self, key: IdempotencyKey, now: datetime) -> IdempotencyRecord | None:
        item = self._table.get(*_key(key))
        record = _record(key, item) if item else self._find_old(key)
        return record if record is not None and record.expires_at > now else None

    def reserve(self, record: IdempotencyRecord, now: datetime) -> IdempotencyRecord | None:
        old = self._find_old(record.key)
        if old is not None and old.holds_against(record, now):
            return old
        try:
            self._table.write_together([reservation_request(self._table, record, now)])
        except ConditionFailed:
            # Another request was faster. If it has released the key since, this one reports it as in progress.
            return self.find(record.key, now) or record
        return None

    def complete(self, record: IdempotencyRecord) -> None:
        item = _item(record)
        if len(str(item.get("response", ""))) > RESPONSE_BYTES_MAX:
            self.release(record)
            return
        try:
            self._table.put(item, "owner_id = :mine", {":mine": record.owner_id})
        except ConditionFailed:
            return

    def release(self, record: IdempotencyRecord) -> None:
        try:
            self._table.delete_if(*_key(record.key), "owner_id = :mine", {":mine": record.owner_id})
        except ConditionFailed:
            return

    def _find_old(self, key: IdempotencyKey) -> IdempotencyRecord | None:
        is_chat = key.operation is IdempotentOperation.CHAT
        key_of_item = chat_record if is_chat else http_record
        item = self._table.get(*key_of_item(key.account_id, key.context, key.value))
        if item is None:
            return None
        return _chat_record(key, item) if is_chat else _http_record(key, item)


def reservation_request(table: DynamoDbTable, record: IdempotencyRecord, now: datetime) -> dict[str, Any]:
    """The write of a record whose key must be free, for use in the transaction that creates a resource."""
    latest = record.expires_at + CLOCK_DIFFERENCE_MAX
    values = {":now": int(now.timestamp()), ":latest": int(latest.timestamp())}
    names = {"#response": "response"}  # a reserved word
    return table.put_request(_item(record), KEY_IS_FREE, values) | {"ExpressionAttributeNames": names}


def _key(key: IdempotencyKey) -> Key:
    return keys.idempotency(fingerprint(key.operation.value, key.account_id, key.context, key.value))


def _item(record: IdempotencyRecord) -> Item:
    pk, sk = _key(record.key)
    item: Item = {"pk": pk, "sk": sk, "owner_id": record.owner_id, "expires_at": int(record.expires_at.timestamp())}
    if record.fingerprint is not None:
        item["fingerprint"] = record.fingerprint
    if record.response is not None:
        item["response"] = _packed(record.response)
    if record.resource_id is not None:
        item["resource_id"] = record.resource_id
    return item


def _record(key: IdempotencyKey, item: Item) -> IdempotencyRecord:
    resource_id = item.get("resource_id")
    return IdempotencyRecord(
        key=key,
        owner_id=str(item["owner_id"]),
        fingerprint=str(item["fingerprint"]),
        expires_at=_time(item),
        response=_unpacked(item),
        resource_id=None if resource_id is None else str(resource_id),
    )


def _packed(response: StoredResponse) -> str:
    return base64.b85encode(zlib.compress(response.model_dump_json().encode())).decode()


def _unpacked(item: Item) -> StoredResponse | None:
    packed = item.get("response")
    if packed is None:
        return None
    return StoredResponse.model_validate_json(zlib.decompress(base64.b85decode(str(packed))))


def _time(item: Item) -> datetime:
    return datetime.fromtimestamp(int(item["expires_at"]), UTC)


def _http_record(key: IdempotencyKey, item: Item) -> IdempotencyRecord:
    return IdempotencyRecord(
        key=key,
        owner_id=str(item["claim_id"]),
        fingerprint=str(item["fingerprint"]),
        expires_at=_time(item),
        response=_unpacked(item),
    )


class _ChatRecord(BaseModel):
    made_id: str
    expires_at: datetime


def _chat_record(key: IdempotencyKey, item: Item) -> IdempotencyRecord:
    """Its fingerprint was computed differently, so it is not compared."""
    stored = _ChatRecord.model_validate_json(str(item["body"]))
    return IdempotencyRecord(
        key=key, owner_id="", fingerprint=None, expires_at=stored.expires_at, resource_id=stored.made_id
    )


def http_record(account_id: str, context: str, value: str) -> Key:
    return keys.HTTP_RECORD.key(account_id=account_id, context=context, value=value)


def chat_record(account_id: str, context: str, value: str) -> Key:
    text = keys.DELIMITER.join((account_id, context, value))
    return keys.CHAT_RECORD.key(key_sha256=hashlib.sha256(text.encode()).hexdigest())
