"""A turn is started once for each key, within the budget, also when many requests arrive at the same instant."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from cinedex.chat.domain.session import Turn, TurnScope, title_of
from cinedex.chat.usecases.start_turn import TurnRequest
from cinedex.chat.usecases.turn_idempotency import choose_key
from cinedex.kernel.errors import KeyConflict, KeyReused, NotFound, TurnBudgetExceeded, Unavailable
from cinedex.usage.budget import BudgetLimits
from cinedex.usage.operations import total

from tests.contract.repositories.test_collections_and_keys import collection
from tests.support.chat_fixture import ChatFixture
from tests.support.memory.library import MemoryCollections
from tests.support.segments import unavailable


def used(chat: ChatFixture) -> int:
    """Turns of today."""
    today = chat.clock.now().date()
    return total(chat.usage.read("mine", today, today)).turns


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
    assert used(chat) == 1


def test_a_key_names_one_message_and_one_scope(chat: ChatFixture) -> None:
    collections = MemoryCollections()
    chat_start = replace(chat.start, collections=collections)
    ids = [collections.add(collection()).collection_id for _ in range(2)]
    first = TurnRequest(account_id="mine", session_id=chat.session().session_id, message="Who?", idempotency_key="k")
    scopes = [TurnScope(), TurnScope(collection_ids=(ids[0],)), TurnScope(collection_ids=tuple(ids))]
    started = chat_start(first)
    assert (started.is_new, chat_start(first)) == (True, started.model_copy(update={"is_new": False}))
    for scope in scopes[1:]:
        with pytest.raises(KeyReused):
            chat_start(first.model_copy(update={"scope": scope}))
    with pytest.raises(KeyReused):
        chat_start(first.model_copy(update={"message": "What?"}))


def test_a_request_that_is_overtaken_by_one_with_its_key_returns_that_turn_and_what_it_reserved(
    chat: ChatFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other request starts its turn after this one has looked for an earlier turn and reserved its budget."""
    session, reserve = chat.session(), chat.budget.reserve
    overtaking: list[Turn] = []

    def overtake(*given: Any) -> Any:
        spent = reserve(*given)
        monkeypatch.setattr(chat.budget, "reserve", reserve)
        overtaking.append(chat.start_turn(session, key="k"))
        return spent

    monkeypatch.setattr(chat.budget, "reserve", overtake)
    assert chat.start_turn(session, key="k").turn_id == overtaking[0].turn_id
    assert used(chat) == 1


def test_a_request_that_is_overtaken_when_it_stores_its_turn_adds_it_after_the_other(
    chat: ChatFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, add_turn = chat.session(), chat.chats.add_turn

    def overtake(*given: Any) -> None:
        monkeypatch.setattr(chat.chats, "add_turn", add_turn)
        assert chat.start_turn(session, "First?").turn_index == 0
        add_turn(*given)

    monkeypatch.setattr(chat.chats, "add_turn", overtake)
    assert chat.start_turn(session, "Second?").turn_index == 1
    assert [turn.message for turn in chat.chats.list_turns(session.session_id, 9)] == ["First?", "Second?"]


def test_a_turn_that_cannot_be_stored_returns_what_it_reserved(
    chat: ChatFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = chat.session()
    monkeypatch.setattr(chat.chats, "add_turn", unavailable)
    with pytest.raises(Unavailable):
        chat.start_turn(session)
    assert used(chat) == 0


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
