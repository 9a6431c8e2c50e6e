"""Tokens that continue one list, and no other."""

from __future__ import annotations

import pytest
from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.pagination import CursorToken, query_fingerprint
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

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


def test_tokens_that_clients_hold_are_still_read() -> None:
    held = "eyJxdWVyeSI6InExIiwiY3Vyc29yIjoiYzEifQ"
    assert TOKEN.pack() == held
    assert CursorToken.unpack(held, "q1") == TOKEN


@pytest.mark.parametrize("cursor", ["c", "cc", "ccc", "cccc"])
def test_a_token_of_any_length_reads_back_without_its_padding(cursor: str) -> None:
    token = CursorToken(query="q", cursor=cursor)
    assert "=" not in token.pack()
    assert CursorToken.unpack(token.pack(), "q") == token


def test_the_error_of_a_foreign_token_names_its_field() -> None:
    with pytest.raises(InvalidInput) as refusal:
        CursorToken.unpack(TOKEN.pack(), "q2")
    assert refusal.value.field == "page_token"


def test_the_fingerprint_of_a_query_ignores_its_page_and_nothing_else() -> None:
    class Query(BaseModel):
        text: str
        limit: int = 10
        token: str | None = None

    def of(query: Query) -> str:
        return query_fingerprint(query, ignoring=frozenset(("token",)))

    assert of(Query(text="tea")) == of(Query(text="tea", token="t"))
    assert len({of(Query(text="tea")), of(Query(text="tea", limit=5)), of(Query(text="teas"))}) == 3
    assert len(of(Query(text="tea"))) == 24
