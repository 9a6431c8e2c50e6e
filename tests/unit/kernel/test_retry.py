"""Retries are bounded, their pauses grow and are random, and the last failure is not followed by a pause."""

from __future__ import annotations

import pytest
from cinedex.kernel import retry
from cinedex.kernel.retry import CONFLICT, LastError, RetryPolicy

POLICY = RetryPolicy(attempts_max=5, pause_s=0.1, pause_s_max=0.3)


@pytest.fixture
def longest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each pause as long as it may be."""
    monkeypatch.setattr(retry.random, "uniform", lambda _low, high: high)


def test_an_attempt_that_succeeds_at_once_is_not_preceded_by_a_pause() -> None:
    slept: list[float] = []
    for number in POLICY.attempts("save a note", slept.append):
        assert number == 1
        break
    assert slept == []


@pytest.mark.usefixtures("longest")
def test_pauses_double_up_to_their_bound_and_attempts_end() -> None:
    slept: list[float] = []
    assert list(POLICY.attempts("save a note", slept.append)) == [1, 2, 3, 4, 5]
    assert slept == pytest.approx([0.1, 0.2, 0.3, 0.3])


def test_pauses_are_random_between_zero_and_their_bound() -> None:
    drawn = [next(POLICY.pauses()) for _ in range(200)]
    assert all(0 <= pause_s <= 0.1 for pause_s in drawn)
    assert len(set(drawn)) > 100


def test_one_attempt_has_no_pause() -> None:
    assert list(RetryPolicy(1, 1.0, 1.0).pauses()) == []


def test_attempts_that_have_all_failed_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    list(POLICY.attempts("save a note", lambda _pause_s: None))
    (record,) = caplog.records
    assert record.message == "all attempts to save a note failed"
    assert (vars(record)["operation"], vars(record)["attempts"]) == ("save a note", 5)
    assert record.funcName == "test_attempts_that_have_all_failed_are_logged"


def test_the_error_of_the_last_attempt_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    last = LastError()
    for number in POLICY.attempts("save note 7", lambda _pause_s: None, last):
        last.error = ValueError(f"attempt {number}")
    (record,) = caplog.records
    assert record.message == "all attempts to save note 7 failed"
    assert record.exc_text == "ValueError: attempt 5"


def test_an_attempt_that_succeeds_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    next(POLICY.attempts("save a note", lambda _pause_s: None))
    assert caplog.records == []


@pytest.mark.usefixtures("longest")
def test_a_write_that_conflicts_is_tried_twelve_times_in_less_than_four_seconds() -> None:
    pauses = list(CONFLICT.pauses())
    assert pauses == pytest.approx([0.02, 0.04, 0.08, 0.16, 0.32, *[0.5] * 6])
    assert sum(pauses) < 3.7
