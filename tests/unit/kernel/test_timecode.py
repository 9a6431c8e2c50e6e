"""Times are written as players show them."""

from __future__ import annotations

import pytest
from cinedex.kernel.span import span
from cinedex.kernel.timecode import timecode, timecodes


@pytest.mark.parametrize(
    ("time_s", "written"),
    [
        (0, "0:00"),
        (5.99, "0:05"),
        (59.999, "0:59"),
        (60, "1:00"),
        (750, "12:30"),
        (3_599.9, "59:59"),
        (3_600, "1:00:00"),
        (3_723, "1:02:03"),
        (86_399, "23:59:59"),
        (90_061, "25:01:01"),
    ],
)
def test_seconds_are_cut_and_hours_are_shown_from_the_first(time_s: float, written: str) -> None:
    assert timecode(time_s) == written


def test_a_span_has_two_times_unless_they_read_the_same() -> None:
    assert timecodes(span(5, 9.5)) == "0:05–0:09"
    assert timecodes(span(5, 5.9)) == "0:05"
