"""`LeaseRequests`: few writes for many requests, never more requests than the limit."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from cinedex.access.domain.rate_limit import RateLimit, RateLimitStatus
from cinedex.access.usecases.lease_requests import LeaseRequests

from tests.support.memory.access import MemoryRateLimiter
from tests.support.memory.scenario import NOON

DAY = RateLimit(requests_max=100_000, window_s=86_400)
RATE, PROCESSES = 1_000, 20


class CountedStore(MemoryRateLimiter):
    """Counts the writes of each second."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: Counter[int] = Counter()

    def take(self, key_id: str, limit: RateLimit, now: datetime, requests: int = 1) -> RateLimitStatus:
        self.writes[int((now - NOON).total_seconds())] += 1
        return super().take(key_id, limit, now, requests)


def simulate(store: CountedStore, limit: RateLimit, seconds: int) -> list[RateLimitStatus]:
    """`RATE` requests a second with one key, in turn by `PROCESSES` processes."""
    processes = [LeaseRequests(store) for _ in range(PROCESSES)]
    times = (NOON + timedelta(milliseconds=1000 * n / RATE) for n in range(RATE * seconds))
    return [processes[n % PROCESSES].take("k", limit, now) for n, now in enumerate(times)]


def test_a_thousand_requests_a_second_write_the_item_of_their_key_less_than_a_hundred_times_a_second() -> None:
    store = CountedStore()
    answers = simulate(store, DAY, seconds=20)
    assert all(answer.allowed for answer in answers)
    assert max(store.writes[second] for second in range(3, 20)) < 100


def test_the_limit_is_exact_to_one_percent_and_never_exceeded() -> None:
    limit = DAY.model_copy(update={"requests_max": 10_000})
    answers = simulate(CountedStore(), limit, seconds=15)
    first_refused = next(n for n, answer in enumerate(answers) if not answer.allowed)
    assert 9_900 <= first_refused <= 10_000
    assert 9_900 <= sum(answer.allowed for answer in answers) <= 10_000


def test_a_key_with_a_low_limit_is_counted_request_by_request() -> None:
    store, limit = CountedStore(), DAY.model_copy(update={"requests_max": 150})
    answers = simulate(store, limit, seconds=1)
    assert [answer.used for answer in answers[:150]] == list(range(1, 151))
    assert not any(answer.allowed for answer in answers[150:])


def test_a_key_that_sends_now_and_then_is_counted_request_by_request() -> None:
    store = CountedStore()
    leases = LeaseRequests(store)
    used = [leases.take("k", DAY, NOON + timedelta(seconds=3 * n)).used for n in range(20)]
    assert (used, sum(store.writes.values())) == (list(range(1, 21)), 20)


def test_a_request_of_the_next_window_does_not_use_a_lease_of_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = RateLimit(requests_max=100_000, window_s=1)
    store = CountedStore()
    leases = LeaseRequests(store)
    for n in range(100):
        leases.take("k", limit, NOON + timedelta(milliseconds=9 * n))
    assert leases.take("k", limit, NOON + timedelta(milliseconds=1_001)).used == 1


def test_a_changed_limit_holds_at_once() -> None:
    leases = LeaseRequests(CountedStore())
    for n in range(50):
        leases.take("k", DAY, NOON + timedelta(milliseconds=n))
    lower = DAY.model_copy(update={"requests_max": 10})
    assert not leases.take("k", lower, NOON + timedelta(milliseconds=51)).allowed
