"""A request with an idempotency key is carried out once."""

from __future__ import annotations

import pytest
from cinedex.adapters.dynamodb_admission import DynamoDbRequestMemory
from cinedex.adapters.dynamodb_table import DynamoDbTable
from cinedex.domain.errors import ImpossibleValue, InvalidInput, StateConflict
from cinedex.domain.kept_response import KeptResponse
from cinedex.usecases.repeat_request import CLAIMED_FOR, KEPT_FOR, RepeatRequest, Turn

from tests.unit.admission.conftest import StandingClock

DONE = KeptResponse(status=202, content_type="application/json", body='{"video_id":"ü"}')


@pytest.fixture
def repeat(table: DynamoDbTable, clock: StandingClock) -> RepeatRequest:
    return RepeatRequest(DynamoDbRequestMemory(table), clock)


def first(repeat: RepeatRequest) -> Turn:
    turn = repeat.begin("mine", "key", "body")
    assert isinstance(turn, Turn)
    return turn


def test_the_first_response_is_given_again(repeat: RepeatRequest) -> None:
    repeat.keep(first(repeat), DONE)
    assert repeat.begin("mine", "key", "body") == DONE


def test_another_request_with_the_same_key_is_refused(repeat: RepeatRequest) -> None:
    repeat.keep(first(repeat), DONE)
    with pytest.raises(ImpossibleValue, match="another request"):
        repeat.begin("mine", "key", "another body")


def test_a_repetition_while_the_first_is_in_progress_is_a_conflict(repeat: RepeatRequest) -> None:
    first(repeat)
    with pytest.raises(StateConflict, match="in progress"):
        repeat.begin("mine", "key", "body")


def test_a_key_is_free_again_after_a_refusal(repeat: RepeatRequest) -> None:
    repeat.release(first(repeat))
    first(repeat)


def test_a_claim_of_a_process_that_died_is_taken_over(repeat: RepeatRequest, clock: StandingClock) -> None:
    lost = first(repeat)
    clock.pass_by(CLAIMED_FOR.total_seconds() + 1)
    heir = first(repeat)
    repeat.keep(lost, DONE.model_copy(update={"body": "late"}))
    repeat.keep(heir, DONE)
    assert repeat.begin("mine", "key", "body") == DONE


def test_a_response_is_forgotten_after_a_day(repeat: RepeatRequest, clock: StandingClock) -> None:
    repeat.keep(first(repeat), DONE)
    clock.pass_by(KEPT_FOR.total_seconds() + 1)
    first(repeat)


def test_accounts_do_not_share_keys(repeat: RepeatRequest) -> None:
    repeat.keep(first(repeat), DONE)
    assert isinstance(repeat.begin("yours", "key", "body"), Turn)


@pytest.mark.parametrize("key", ["", "k" * 256, "a\nb"])
def test_a_key_that_is_empty_too_long_or_unprintable_is_refused(repeat: RepeatRequest, key: str) -> None:
    with pytest.raises(InvalidInput):
        repeat.begin("mine", key, "body")
