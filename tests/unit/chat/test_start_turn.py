"""A turn is started once for each key, within the budget, also when many requests arrive at the same instant."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from cinedex.chat.domain.session import title_of
from cinedex.chat.usecases.turn_idempotency import choose_key
from cinedex.kernel.errors import KeyConflict, NotFound, TurnBudgetExceeded
from cinedex.usage.budget import BudgetLimits

from tests.support.chat_fixture import ChatFixture


def test_turns_started_at_once_in_one_session_are_all_stored(chat: ChatFixture) -> None:
    session = chat.session()
    with ThreadPoolExecutor(8) as pool:
        turns = list(pool.map(lambda n: chat.start_turn(session, f"Question {n}?"), range(16)))
    assert sorted(t.turn_index for t in turns) == list(range(16))


def test_requests_with_one_key_at_once_start_one_turn_and_pay_for_one(chat: ChatFixture) -> None:
    session = chat.session()
    with ThreadPoolExecutor(8) as pool:
        turns = list(pool.map(lambda _: chat.start_turn(session, key="k"), range(16)))
    assert len({t.turn_id for t in turns}) == 1
    assert chat.usage.read("mine", chat.clock.now().date(), chat.clock.now().date())[0].usage.turns == 1


def test_a_rejected_turn_costs_nothing(chat: ChatFixture) -> None:
    chat.limits = BudgetLimits(turns_max=1, tokens_max=10, tokens_reserved=0)
    chat.start_turn()
    with pytest.raises(TurnBudgetExceeded) as raised:
        chat.start_turn()
    assert raised.value.retry_after_s == 12 * 3600
    chat.clock.advance(hours=12)
    assert chat.start_turn().turn_index == 0


def test_no_turn_starts_in_a_session_of_another_account(chat: ChatFixture) -> None:
    session = chat.manage.create("yours", None, None)
    with pytest.raises(NotFound):
        chat.start_turn(session)


def test_the_keys_of_a_request_must_be_equal() -> None:
    assert choose_key([("a", None), ("b", None)]) is None
    assert choose_key([("a", None), ("b", "k"), ("c", "k")]) == "k"
    with pytest.raises(KeyConflict, match="a and c"):
        choose_key([("a", "k"), ("b", None), ("c", "l")])


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("What is drunk?", "What is drunk?"),
        (" What\n is  drunk? ", "What is drunk?"),
        ("x" * 100, "x" * 79 + "…"),
        ("word " * 30, ("word " * 15).strip() + "…"),
    ],
)
def test_a_title_is_the_beginning_of_a_message(message: str, title: str) -> None:
    assert title_of(message) == title
