"""The rate of a queue, from which Retry-After is computed."""

from __future__ import annotations

import pytest

from local.functions.throughput import RETRY_AFTER_S_MAX, RETRY_AFTER_S_UNKNOWN, WINDOW_S, Throughput


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


def ended(clock: Clock, per_s: int, seconds: int) -> Throughput:
    throughput = Throughput(clock)
    for _ in range(per_s * seconds):
        throughput.count()
        clock.now_s += 1 / per_s
    return throughput


def test_the_wait_is_the_length_of_the_queue_over_the_measured_rate(clock: Clock) -> None:
    throughput = ended(clock, per_s=20, seconds=5)
    assert throughput.per_s() == pytest.approx(20)
    assert throughput.seconds_for(100) == 5
    assert throughput.seconds_for(101) == 6


def test_the_rate_is_that_of_the_last_seconds(clock: Clock) -> None:
    throughput = ended(clock, per_s=50, seconds=5)
    clock.now_s += WINDOW_S
    assert throughput.per_s() == 0
    throughput.count()
    assert throughput.per_s() == 1


def test_the_wait_is_never_less_than_a_second_or_more_than_a_minute(clock: Clock) -> None:
    throughput = ended(clock, per_s=100, seconds=1)
    assert throughput.seconds_for(1) == 1
    assert throughput.seconds_for(100_000) == RETRY_AFTER_S_MAX
    assert Throughput(clock).seconds_for(1) == RETRY_AFTER_S_UNKNOWN, "nothing has ended lately"
