"""A range holds the numbers between its ends, ends included; a missing end is open."""

from __future__ import annotations

import pytest
from cinedex.kernel.number_range import NumberRange


@pytest.mark.parametrize(
    ("gte", "lte", "held"),
    [
        (None, None, [None, -1, 2, 2.5, 3, 9]),
        (2, None, [2, 2.5, 3, 9]),
        (None, 3, [-1, 2, 2.5, 3]),
        (2, 3, [2, 2.5, 3]),
        (2, 2, [2]),
        (0, 0, []),
    ],
)
def test_a_range_holds_what_lies_between_its_ends(
    gte: float | None, lte: float | None, held: list[float | None]
) -> None:
    limits = NumberRange(gte=gte, lte=lte)
    assert [value for value in (None, -1, 2, 2.5, 3, 9) if limits.holds(value)] == held
