"""Requests of a key are counted in windows, and refused when a window is full."""

from __future__ import annotations

import pytest
from cinedex.access.domain.api_keys import Caller, Scope
from cinedex.access.domain.rate_limit import RateLimit, RateLimitStatus
from cinedex.access.usecases.check_rate_limit import CheckRateLimit
from cinedex.adapters.dynamodb.rate_limits import DynamoDbRateLimiter
from cinedex.adapters.dynamodb.table import DynamoDbTable
from pydantic import ValidationError

from tests.support.standing_clock import StandingClock

CALLER = Caller(account_id="a", key_id="k1", scope=Scope.READ)


@pytest.fixture
def admit(table: DynamoDbTable, clock: StandingClock) -> CheckRateLimit:
    return CheckRateLimit(DynamoDbRateLimiter(table), RateLimit(requests_max=3, window_s=60), clock)


def test_a_key_may_ask_as_often_as_its_limit_says(admit: CheckRateLimit) -> None:
    allowances = [admit(CALLER) for _ in range(4)]
    assert [a.allowed for a in allowances] == [True, True, True, False]
    assert [a.remaining for a in allowances] == [2, 1, 0, 0]


def test_a_refused_request_receives_the_seconds_until_the_window_ends(
    admit: CheckRateLimit, clock: StandingClock
) -> None:
    for _ in range(3):
        admit(CALLER)
    clock.advance(20)
    assert admit.resets_in_s(admit(CALLER)) == 40


def test_a_new_window_opens_with_the_first_request_after_the_old_one(
    admit: CheckRateLimit, clock: StandingClock
) -> None:
    for _ in range(4):
        admit(CALLER)
    clock.advance(60)
    allowance = admit(CALLER)
    assert (allowance.allowed, allowance.used, admit.resets_in_s(allowance)) == (True, 1, 60)


def test_a_key_with_a_limit_of_its_own_has_that_one(admit: CheckRateLimit) -> None:
    modest = CALLER.model_copy(update={"key_id": "k2", "requests_max": 1})
    statuses = [admit(modest) for _ in range(2)]
    assert [status.allowed for status in statuses] == [True, False]
    assert [admit.resets_in_s(status) for status in statuses] == [60, 60]


def test_keys_do_not_share_a_window(admit: CheckRateLimit) -> None:
    for _ in range(4):
        admit(CALLER)
    assert admit(CALLER.model_copy(update={"key_id": "k3"})).allowed


def test_a_window_of_a_clock_that_was_set_back_lasts_no_longer_than_the_limit_says(
    admit: CheckRateLimit, clock: StandingClock
) -> None:
    clock.advance(4 * 86_400)
    for _ in range(4):
        admit(CALLER)
    clock.advance(-4 * 86_400)
    status = admit(CALLER)
    assert (status.allowed, status.used) == (True, 1)
    assert admit.resets_in_s(status) == 60


def test_a_clock_that_differs_a_little_opens_no_second_window(admit: CheckRateLimit, clock: StandingClock) -> None:
    for _ in range(3):
        admit(CALLER)
    clock.advance(-30)
    assert not admit(CALLER).allowed


def test_a_window_that_has_ended_resets_now_and_not_in_the_past(admit: CheckRateLimit, clock: StandingClock) -> None:
    status = admit(CALLER)
    clock.advance(61.5)
    assert admit.resets_in_s(status) == 0


def test_a_limit_may_be_a_single_request() -> None:
    assert RateLimit(requests_max=1, window_s=1).requests_max == 1
    for requests_max, window_s in ((0, 1), (1, 0)):
        with pytest.raises(ValidationError):
            RateLimit(requests_max=requests_max, window_s=window_s)


def test_no_request_remains_of_a_limit_that_was_lowered_below_what_is_used(clock: StandingClock) -> None:
    status = RateLimitStatus(allowed=False, requests_max=3, used=5, resets_at=clock.now())
    assert status.remaining == 0
