"""A slice of a file is the slice of its bytes."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from local.emulator.ranged_file import RangedFile

FILE = Path(__file__)
BOUND = st.none() | st.integers(-2000, 2000)


@given(start=BOUND, stop=BOUND)
def test_any_slice_equals_the_slice_of_the_bytes(start: int | None, stop: int | None) -> None:
    assert RangedFile(FILE)[start:stop] == FILE.read_bytes()[start:stop]
