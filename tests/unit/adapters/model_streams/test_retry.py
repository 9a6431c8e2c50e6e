"""All attempts of a request to a language model, and the pauses between them, share one time limit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from cinedex.adapters.model_streams.retry import RetryableError, StreamRetryPolicy, retry_stream
from cinedex.kernel.errors import LanguageModelUnavailable

from tests.support.memory.scenario import FakeClock


def silent(clock: FakeClock, given_s: list[float]) -> Callable[[float], Iterator[str]]:
    """An attempt that ends without data after 10 s, or after the time that it is given."""

    def attempt(left_s: float) -> Iterator[str]:
        given_s.append(left_s)
        clock.advance(seconds=min(10.0, left_s))
        raise RetryableError("The language model sent nothing.")
        yield ""

    return attempt


def policy(clock: FakeClock) -> StreamRetryPolicy:
    return StreamRetryPolicy(pause_s=0.0, sleep=clock.sleep, monotonic=clock.monotonic)


def test_each_attempt_gets_what_is_left_and_none_begins_at_the_end() -> None:
    clock, given_s = FakeClock(), list[float]()
    began = clock.monotonic()
    with pytest.raises(LanguageModelUnavailable, match="language model sent nothing"):
        list(retry_stream(silent(clock, given_s), policy(clock), 25.0))
    assert given_s == [25.0, 15.0, 5.0]
    assert clock.monotonic() - began == 25.0


def test_a_pause_that_lasts_beyond_the_limit_is_not_made() -> None:
    clock = FakeClock()

    def throttled(_: float) -> Iterator[str]:
        raise RetryableError("busy", retry_after_s=7.0)
        yield ""

    with pytest.raises(LanguageModelUnavailable, match="busy"):
        list(retry_stream(throttled, policy(clock), 5.0))
    assert clock.slept_s == []
