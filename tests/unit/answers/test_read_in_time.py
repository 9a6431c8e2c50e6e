"""An iterator is read until the time is over; its own errors, a `TimeoutError` too, are raised as they are."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from cinedex.answers.usecases.agent.read_in_time import OutOfTime, read_in_time


def test_all_items_are_read_in_order() -> None:
    assert list(read_in_time(iter("abc"), lambda: 5.0)) == ["a", "b", "c"]


@pytest.mark.parametrize("error", [TimeoutError("read timed out"), ValueError("no JSON")])
def test_an_error_of_the_iterator_is_raised_as_it_is(error: Exception) -> None:
    def failing() -> Iterator[str]:
        yield "a"
        raise error

    reading = read_in_time(failing(), lambda: 5.0)
    assert next(reading) == "a"
    with pytest.raises(type(error)) as raised:
        next(reading)
    assert raised.value is error


def test_an_item_that_does_not_come_is_out_of_time() -> None:
    over = threading.Event()

    def silent() -> Iterator[str]:
        yield "a"
        over.wait(20)

    read = list[str]()
    try:
        with pytest.raises(OutOfTime):
            read.extend(read_in_time(silent(), lambda: 0.05))
    finally:
        over.set()
    assert read == ["a"]


def test_nothing_is_read_when_no_time_is_left() -> None:
    items = iter("abc")
    with pytest.raises(OutOfTime):
        next(read_in_time(items, lambda: 0.0))
    assert next(items) == "a"
