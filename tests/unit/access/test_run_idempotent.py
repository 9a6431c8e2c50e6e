"""A request with an idempotency key is carried out once."""

from __future__ import annotations

import pytest
from cinedex.access.domain.idempotency import StoredResponse
from cinedex.access.usecases.run_idempotent import CLAIMED_FOR, KEPT_FOR, Outcome, RunIdempotent
from cinedex.adapters.dynamodb.idempotency import DynamoDbIdempotencyStore
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.kernel.errors import ImpossibleValue, InvalidInput, StateConflict

from tests.support.standing_clock import StandingClock

DONE = StoredResponse(status=202, content_type="application/json", body='{"video_id":"ü"}')


@pytest.fixture
def repeat(table: DynamoDbTable, clock: StandingClock) -> RunIdempotent:
    return RunIdempotent(DynamoDbIdempotencyStore(table), clock)


def first(repeat: RunIdempotent) -> Outcome:
    turn = repeat.begin("mine", "key", "body")
    assert isinstance(turn, Outcome)
    return turn


def test_the_first_response_is_given_again(repeat: RunIdempotent) -> None:
    repeat.keep(first(repeat), DONE)
    assert repeat.begin("mine", "key", "body") == DONE


def test_another_request_with_the_same_key_is_refused(repeat: RunIdempotent) -> None:
    repeat.keep(first(repeat), DONE)
    with pytest.raises(ImpossibleValue, match="another request"):
        repeat.begin("mine", "key", "another body")


def test_a_repetition_while_the_first_is_in_progress_is_a_conflict(repeat: RunIdempotent) -> None:
    first(repeat)
    with pytest.raises(StateConflict, match="in progress"):
        repeat.begin("mine", "key", "body")


def test_a_key_is_free_again_after_a_refusal(repeat: RunIdempotent) -> None:
    repeat.release(first(repeat))
    first(repeat)


def test_a_claim_of_a_process_that_died_is_taken_over(repeat: RunIdempotent, clock: StandingClock) -> None:
    lost = first(repeat)
    clock.advance(CLAIMED_FOR.total_seconds() + 1)
    heir = first(repeat)
    repeat.keep(lost, DONE.model_copy(update={"body": "late"}))
    repeat.keep(heir, DONE)
    assert repeat.begin("mine", "key", "body") == DONE


def test_a_response_is_forgotten_after_a_day(repeat: RunIdempotent, clock: StandingClock) -> None:
    repeat.keep(first(repeat), DONE)
    clock.advance(KEPT_FOR.total_seconds() + 1)
    first(repeat)


def test_accounts_do_not_share_keys(repeat: RunIdempotent) -> None:
    repeat.keep(first(repeat), DONE)
    assert isinstance(repeat.begin("yours", "key", "body"), Outcome)


@pytest.mark.parametrize("key", ["", "k" * 256, "a\nb"])
def test_a_key_that_is_empty_too_long_or_unprintable_is_refused(repeat: RunIdempotent, key: str) -> None:
    with pytest.raises(InvalidInput):
        repeat.begin("mine", key, "body")
