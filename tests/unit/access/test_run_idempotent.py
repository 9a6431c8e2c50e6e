"""A request with an idempotency key is carried out once."""

from __future__ import annotations

import pytest
from cinedex.access.domain.idempotency import IdempotencyKey, IdempotencyRecord, IdempotentOperation, StoredResponse
from cinedex.access.usecases.run_idempotent import RESERVED_FOR, STORED_FOR, RunIdempotent
from cinedex.adapters.dynamodb.idempotency import DynamoDbIdempotencyStore
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.kernel.errors import ImpossibleValue, InvalidInput, KeyReused, RequestInProgress, StateConflict

from tests.support.standing_clock import StandingClock

DONE = StoredResponse(status=202, content_type="application/json", body='{"video_id":"ü"}')


@pytest.fixture
def repeat(table: DynamoDbTable, clock: StandingClock) -> RunIdempotent:
    return RunIdempotent(DynamoDbIdempotencyStore(table), clock)


def key(account_id: str = "mine", value: str = "key") -> IdempotencyKey:
    operation = IdempotentOperation.HTTP_REQUEST
    return IdempotencyKey(operation=operation, account_id=account_id, context="write", value=value)


def first(repeat: RunIdempotent) -> IdempotencyRecord:
    reservation = repeat.begin(key(), "body")
    assert isinstance(reservation, IdempotencyRecord)
    return reservation


def test_the_first_response_is_given_again(repeat: RunIdempotent) -> None:
    repeat.complete(first(repeat), DONE)
    assert repeat.begin(key(), "body") == DONE


def test_another_request_with_the_same_key_is_refused(repeat: RunIdempotent) -> None:
    repeat.complete(first(repeat), DONE)
    with pytest.raises(ImpossibleValue, match="another request"):
        repeat.begin(key(), "another body")


def test_a_repetition_while_the_first_is_in_progress_is_a_conflict(repeat: RunIdempotent) -> None:
    first(repeat)
    with pytest.raises(StateConflict, match="in progress"):
        repeat.begin(key(), "body")


def test_a_key_is_free_again_after_a_refusal(repeat: RunIdempotent) -> None:
    repeat.release(first(repeat))
    first(repeat)


def test_a_reservation_of_a_clock_that_was_set_back_does_not_hold_the_key(
    repeat: RunIdempotent, clock: StandingClock
) -> None:
    clock.advance(4 * 86_400)
    first(repeat)
    clock.advance(-4 * 86_400)
    repeat.complete(first(repeat), DONE)
    assert repeat.begin(key(), "body") == DONE


def test_the_claim_of_a_process_that_died_passes_to_the_next_request(
    repeat: RunIdempotent, clock: StandingClock
) -> None:
    lost = first(repeat)
    clock.advance(RESERVED_FOR.total_seconds() + 1)
    heir = first(repeat)
    repeat.complete(lost, DONE.model_copy(update={"body": "late"}))
    repeat.complete(heir, DONE)
    assert repeat.begin(key(), "body") == DONE


def test_a_stored_response_expires_after_a_day(repeat: RunIdempotent, clock: StandingClock) -> None:
    repeat.complete(first(repeat), DONE)
    clock.advance(STORED_FOR.total_seconds() + 1)
    first(repeat)


def test_accounts_do_not_share_keys(repeat: RunIdempotent) -> None:
    repeat.complete(first(repeat), DONE)
    assert isinstance(repeat.begin(key("yours"), "body"), IdempotencyRecord)


@pytest.mark.parametrize("value", ["", "k" * 256, "a\nb"])
def test_a_key_that_is_empty_too_long_or_unprintable_is_refused(repeat: RunIdempotent, value: str) -> None:
    with pytest.raises(InvalidInput):
        repeat.begin(key(value=value), "body")


def test_a_resource_is_found_by_the_key_of_the_request_that_created_it(
    repeat: RunIdempotent, clock: StandingClock
) -> None:
    assert repeat.find(key(), "body") is None
    repeat.store.reserve(repeat.record_for(key(), "body", "r1"), clock.now())
    assert repeat.find(key(), "body") == "r1"
    with pytest.raises(KeyReused):
        repeat.find(key(), "another body")
    clock.advance(STORED_FOR.total_seconds() + 1)
    assert repeat.find(key(), "body") is None


def test_a_resource_that_is_being_created_is_a_conflict(repeat: RunIdempotent) -> None:
    first(repeat)
    with pytest.raises(RequestInProgress):
        repeat.find(key(), "body")
