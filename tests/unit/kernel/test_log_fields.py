"""A log line has the class and the message of an error, and of what caused it."""

from __future__ import annotations

from cinedex.kernel.errors import Unavailable
from cinedex.kernel.log_fields import log_fields


def raised(*, explicit: bool) -> Unavailable:
    try:
        try:
            raise OSError("no route")
        except OSError as error:
            if explicit:
                raise Unavailable("down") from error
            raise Unavailable("down")  # noqa: B904
    except Unavailable as error:
        return error


def test_an_error_is_described_by_its_class_and_message() -> None:
    assert log_fields(ValueError("odd")) == {"error": "ValueError", "reason": "odd"}


def test_the_cause_of_an_error_is_described_with_it() -> None:
    described = {"error": "Unavailable", "reason": "down", "cause": "OSError: no route"}
    assert log_fields(raised(explicit=True)) == log_fields(raised(explicit=False)) == described
