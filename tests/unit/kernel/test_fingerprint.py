"""A fingerprint is the same for the same parts only."""

from __future__ import annotations

from cinedex.kernel.fingerprint import fingerprint
from hypothesis import given
from hypothesis import strategies as st

parts = st.lists(st.text(max_size=5), max_size=4)


@given(parts, parts)
def test_different_parts_have_different_fingerprints(one: list[str], other: list[str]) -> None:
    assert (fingerprint(*one) == fingerprint(*other)) == (one == other)


def test_the_fingerprint_of_stored_records_does_not_change() -> None:
    assert fingerprint("POST", "/v2/videos") == "eaecac2c921a10bf297e8742d7f155ba506548983d73c480d49bcbee566e7880"
