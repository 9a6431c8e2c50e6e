"""Tokens that continue one ranked list, and no other."""

from __future__ import annotations

import pytest
from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.pagination import PageToken
from hypothesis import given
from hypothesis import strategies as st

TOKEN = PageToken(question="q1", list_id="l1", rank=10)


@given(
    st.builds(
        PageToken,
        question=st.text(max_size=40),
        rank=st.integers(1, 10**6),
        list_id=st.uuids().map(str),
    )
)
def test_a_token_reads_back_as_what_was_written(token: PageToken) -> None:
    assert PageToken.unpack(token.pack(), token.question) == token


def test_a_token_fits_into_a_url() -> None:
    assert TOKEN.pack().replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("forged", ["", "x", "%%%", "e30", "bm90IGpzb24", TOKEN.pack()[:-3], "ü", "a" * 5000])
def test_what_is_no_token_is_refused_with_its_name(forged: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        PageToken.unpack(forged, "q1")
    assert refusal.value.field == "page_token"


def test_a_token_of_another_question_is_refused() -> None:
    with pytest.raises(InvalidInput, match="another query"):
        PageToken.unpack(TOKEN.pack(), "q2")
