"""A request with an idempotency key is carried out once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cinedex.access.domain.idempotency import IdempotencyKey, IdempotencyRecord, IdempotentOperation, StoredResponse
from cinedex.access.usecases.run_idempotent import RunIdempotent
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
    clock.advance(61)
    heir = first(repeat)
    repeat.complete(lost, DONE.model_copy(update={"body": "late"}))
    repeat.complete(heir, DONE)
    assert repeat.begin(key(), "body") == DONE


def test_a_reservation_holds_its_key_for_a_minute(repeat: RunIdempotent, clock: StandingClock) -> None:
    first(repeat)
    clock.advance(59)
    with pytest.raises(RequestInProgress):
        repeat.begin(key(), "body")
    clock.advance(1)
    first(repeat)


def test_a_stored_response_is_given_for_a_day(repeat: RunIdempotent, clock: StandingClock) -> None:
    repeat.complete(first(repeat), DONE)
    clock.advance(86_399)
    assert repeat.begin(key(), "body") == DONE
    clock.advance(1)
    first(repeat)


def test_accounts_do_not_share_keys(repeat: RunIdempotent) -> None:
    repeat.complete(first(repeat), DONE)
    assert isinstance(repeat.begin(key("yours"), "body"), IdempotencyRecord)


@pytest.mark.parametrize("value", ["k", "k" * 255, "ü b"])
def test_a_key_has_1_to_255_printable_characters(repeat: RunIdempotent, value: str) -> None:
    assert isinstance(repeat.begin(key(value=value), "body"), IdempotencyRecord)


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
    clock.advance(86_399)
    assert repeat.find(key(), "body") == "r1"
    clock.advance(1)
    assert repeat.find(key(), "body") is None


def test_a_key_under_which_a_resource_was_created_gives_no_response(
    repeat: RunIdempotent, clock: StandingClock
) -> None:
    repeat.store.reserve(repeat.record_for(key(), "body", "r1"), clock.now())
    with pytest.raises(KeyReused):
        repeat.begin(key(), "body")


def test_a_record_without_a_fingerprint_is_for_every_request(repeat: RunIdempotent) -> None:
    """Versions before 0.2 computed the fingerprints of chat in another way."""
    record = repeat.record_for(key(), "body", "r1")
    assert (record.is_for("body"), record.is_for("another body")) == (True, False)
    assert record.model_copy(update={"fingerprint": None}).is_for("another body")


@pytest.mark.parametrize(("ahead_s", "holds"), [(60, True), (61, False)])
def test_a_reservation_that_ends_more_than_a_minute_late_does_not_hold(
    repeat: RunIdempotent, clock: StandingClock, ahead_s: int, holds: bool
) -> None:
    """Clocks may differ by a minute."""
    now = clock.now()
    clock.advance(ahead_s)
    ahead = first(repeat)
    own = ahead.model_copy(update={"expires_at": now + timedelta(seconds=60)})
    assert ahead.holds_against(own, now) is holds
    assert ahead.completed(ahead.expires_at, response=DONE).holds_against(own, now)


def test_a_resource_that_is_being_created_is_a_conflict(repeat: RunIdempotent) -> None:
    first(repeat)
    with pytest.raises(RequestInProgress):
        repeat.find(key(), "body")
