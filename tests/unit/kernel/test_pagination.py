"""Tokens that continue one list, and no other."""

from __future__ import annotations

import pytest
from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.pagination import CursorToken
from hypothesis import given
from hypothesis import strategies as st

TOKEN = CursorToken(query="q1", cursor="c1")


@given(
    st.builds(
        CursorToken,
        query=st.text(max_size=40),
        cursor=st.text(min_size=1, max_size=40),
    )
)
def test_a_token_reads_back_as_what_was_written(token: CursorToken) -> None:
    assert CursorToken.unpack(token.pack(), token.query) == token


def test_a_token_fits_into_a_url() -> None:
    assert TOKEN.pack().replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("forged", ["", "x", "%%%", "e30", "bm90IGpzb24", TOKEN.pack()[:-3], "ü", "a" * 5000])
def test_an_invalid_token_is_refused_with_the_name_of_its_field(forged: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        CursorToken.unpack(forged, "q1")
    assert refusal.value.field == "page_token"


def test_a_token_of_another_query_is_refused() -> None:
    with pytest.raises(InvalidInput, match="another query"):
        CursorToken.unpack(TOKEN.pack(), "q2")
