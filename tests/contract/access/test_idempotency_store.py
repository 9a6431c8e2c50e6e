"""`IdempotencyStore`: one record for each key, complete or not, until it expires."""

from __future__ import annotations

import base64
import hashlib
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cinedex.access.domain.idempotency import IdempotencyKey, IdempotencyRecord, IdempotentOperation, StoredResponse
from cinedex.access.ports.idempotency_store import IdempotencyStore
from cinedex.adapters.dynamodb.idempotency import DynamoDbIdempotencyStore
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.kernel.clock import CLOCK_DIFFERENCE_MAX

from tests.support.aws import new_table
from tests.support.memory.access import MemoryIdempotencyStore

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=24)
RESPONSE = StoredResponse(status=202, content_type="application/json", body='{"video_id":"ü"}')
HTTP = IdempotencyKey(operation=IdempotentOperation.HTTP_REQUEST, account_id="mine", context="write", value="key #1")
CHAT = IdempotencyKey(operation=IdempotentOperation.CHAT, account_id="mine", context="session", value="k")


def record(owner_id: str = "first", key: IdempotencyKey = HTTP, expires_at: datetime = LATER) -> IdempotencyRecord:
    return IdempotencyRecord(key=key, owner_id=owner_id, fingerprint="f", expires_at=expires_at)


@pytest.fixture
def store(implementation: str) -> IdempotencyStore:
    return DynamoDbIdempotencyStore(DynamoDbTable(new_table())) if implementation == "aws" else MemoryIdempotencyStore()


def test_the_second_reservation_of_a_key_gets_the_record_of_the_first(store: IdempotencyStore) -> None:
    assert store.reserve(record("first"), NOON) is None
    assert store.reserve(record("second"), NOON) == record("first")
    assert store.find(HTTP, NOON) == record("first")


def test_a_completed_record_holds_its_response_or_the_id_of_its_resource(store: IdempotencyStore) -> None:
    store.reserve(record(), NOON)
    store.complete(record().completed(LATER, response=RESPONSE))
    assert store.find(HTTP, NOON) == record().completed(LATER, response=RESPONSE)
    store.reserve(record(key=CHAT), NOON)
    store.complete(record(key=CHAT).completed(LATER, resource_id="t1"))
    assert store.find(CHAT, NOON) == record(key=CHAT).completed(LATER, resource_id="t1")


def test_a_released_key_is_free_again(store: IdempotencyStore) -> None:
    store.reserve(record("first"), NOON)
    store.release(record("first"))
    assert store.find(HTTP, NOON) is None
    assert store.reserve(record("second"), NOON) is None


def test_a_reservation_of_a_wrong_clock_does_not_hold_longer_than_reservations_last(store: IdempotencyStore) -> None:
    in_a_minute = NOON + timedelta(minutes=1)
    store.reserve(record("wrong", expires_at=NOON + timedelta(days=4)), NOON)
    assert store.reserve(record("next", expires_at=in_a_minute), NOON) is None
    store.complete(record("wrong").completed(LATER, response=RESPONSE))
    assert store.find(HTTP, NOON) == record("next", expires_at=in_a_minute)


def test_a_reservation_of_a_clock_that_differs_a_little_holds(store: IdempotencyStore) -> None:
    ahead = record("ahead", expires_at=NOON + timedelta(minutes=1) + CLOCK_DIFFERENCE_MAX)
    store.reserve(ahead, NOON)
    assert store.reserve(record("next", expires_at=NOON + timedelta(minutes=1)), NOON) == ahead


@pytest.mark.parametrize("result", [{"response": RESPONSE}, {"resource_id": "t1"}])
def test_a_result_of_a_wrong_clock_is_given_so_that_no_request_runs_twice(
    store: IdempotencyStore, result: dict[str, Any]
) -> None:
    completed = record("wrong").completed(NOON + timedelta(days=4), **result)
    store.reserve(record("wrong"), NOON)
    store.complete(completed)
    assert store.reserve(record("next", expires_at=NOON + timedelta(minutes=1)), NOON) == completed


def test_an_expired_record_counts_as_absent(store: IdempotencyStore) -> None:
    store.reserve(record("first", expires_at=NOON + timedelta(seconds=60)), NOON)
    late = NOON + timedelta(seconds=60)
    assert store.find(HTTP, late) is None
    assert store.reserve(record("second"), late) is None


def test_a_request_that_has_lost_its_key_neither_completes_nor_releases_it(store: IdempotencyStore) -> None:
    store.reserve(record("first", expires_at=NOON + timedelta(seconds=60)), NOON)
    store.reserve(record("second"), NOON + timedelta(seconds=61))
    store.complete(record("first").completed(LATER, response=RESPONSE))
    store.release(record("first"))
    assert store.find(HTTP, NOON) == record("second")


@pytest.mark.parametrize("part", ["operation", "account_id", "context", "value"])
def test_keys_that_differ_in_any_part_are_different(store: IdempotencyStore, part: str) -> None:
    other = HTTP.model_copy(update={part: IdempotentOperation.CHAT if part == "operation" else "other"})
    store.reserve(record(), NOON)
    assert store.reserve(record("second", other), NOON) is None


def test_delimiters_within_parts_of_a_key_do_not_make_two_keys_equal(store: IdempotencyStore) -> None:
    one = HTTP.model_copy(update={"context": "a#b", "value": "c"})
    other = HTTP.model_copy(update={"context": "a", "value": "b#c"})
    store.reserve(record(key=one), NOON)
    assert store.reserve(record("second", other), NOON) is None


def test_a_record_of_http_that_version_0_1_stored_is_read_until_it_expires(aws: None) -> None:
    table = DynamoDbTable(new_table())
    store = DynamoDbIdempotencyStore(table)
    packed = base64.b85encode(zlib.compress(RESPONSE.model_dump_json().encode())).decode()
    expires_at = int(LATER.timestamp())
    old: dict[str, str | int] = {"pk": "I#mine#write#key #1", "sk": "REQUEST", "claim_id": "o", "fingerprint": "f"}
    table.put(old | {"response": packed, "expires_at": expires_at})
    stored = store.reserve(record(), NOON)
    assert stored is not None
    assert (stored.response, stored.fingerprint) == (RESPONSE, "f")
    assert store.find(HTTP, LATER) is None
    assert store.reserve(record(), LATER) is None


def test_a_record_of_chat_that_version_0_1_stored_is_read_until_it_expires(aws: None) -> None:
    table = DynamoDbTable(new_table())
    store = DynamoDbIdempotencyStore(table)
    key_sha256 = hashlib.sha256(b"mine#session#k").hexdigest()
    body = '{"key":"mine#session#k","fingerprint":"x","made_id":"t1","expires_at":"2026-03-02T12:00:00Z"}'
    table.put({"pk": f"I#chat#{key_sha256}", "sk": "CLAIM", "body": body, "expires_at": int(LATER.timestamp())})
    stored = store.find(CHAT, NOON)
    assert stored is not None
    assert stored.resource_id == "t1"
    assert stored.is_for("any fingerprint")
    assert store.find(CHAT, LATER) is None
