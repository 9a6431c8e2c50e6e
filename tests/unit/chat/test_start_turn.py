"""A turn is started once for each key, within the budget, also when many requests arrive at the same instant."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cinedex.chat.domain.session import Turn, TurnScope, title_of
from cinedex.chat.usecases.start_turn import TurnRequest
from cinedex.chat.usecases.turn_idempotency import choose_key, session_key, standalone_turn_key, turn_key
from cinedex.kernel import retry
from cinedex.kernel.errors import (
    InvalidInput,
    KeyConflict,
    KeyReused,
    NotFound,
    StaleRevision,
    TurnBudgetExceeded,
    Unavailable,
)
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
    message = "What is drunk?"
    started = chat.start(
        TurnRequest(account_id="mine", session_id=session.session_id, message=message, idempotency_key="k")
    )
    assert (started.turn.turn_id, started.is_new) == (overtaking[0].turn_id, False)
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


def test_a_turn_is_stored_before_it_starts_and_starts_once(chat: ChatFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    starts: list[tuple[str, bool]] = []
    add_turn = chat.chats.add_turn

    def overtaken(*_given: Any) -> None:
        monkeypatch.setattr(chat.chats, "add_turn", add_turn)
        raise StaleRevision("The session was changed meanwhile.")

    def start(turn: Turn) -> None:
        starts.append((turn.turn_id, chat.now(turn) == turn))

    monkeypatch.setattr(chat.chats, "add_turn", overtaken)
    monkeypatch.setattr(chat.executor, "start", start)
    turn = chat.start_turn()
    assert starts == [(turn.turn_id, True)]


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


@pytest.mark.parametrize("message", ["W", "W" * 8_000])
def test_a_message_has_1_to_8000_characters(chat: ChatFixture, message: str) -> None:
    assert chat.start_turn(message=message).message == message


@pytest.mark.parametrize("message", ["", " \n ", "W" * 8_001])
def test_a_message_that_is_empty_or_too_long_is_refused_and_costs_nothing(chat: ChatFixture, message: str) -> None:
    with pytest.raises(InvalidInput, match="between 1 and 8000"):
        chat.start_turn(message=message)
    assert used(chat) == 0


@pytest.mark.parametrize("name", ["collection_ids", "prompt_run_ids"])
@pytest.mark.parametrize(("count", "error"), [(100, NotFound), (101, InvalidInput)])
def test_a_scope_names_at_most_100_ids_of_a_kind(
    chat: ChatFixture, name: str, count: int, error: type[Exception]
) -> None:
    scope = TurnScope(**{name: tuple(map(str, range(count)))})
    request = TurnRequest(account_id="mine", session_id=chat.session().session_id, message="Who?", scope=scope)
    with pytest.raises(error):
        chat.start(request)
    assert used(chat) == 0


@pytest.mark.parametrize("unknown", [("x",), ("x", "y")])
def test_the_first_unknown_id_of_a_scope_is_named(chat: ChatFixture, unknown: tuple[str, ...]) -> None:
    collections = MemoryCollections()
    known = collections.add(collection()).collection_id
    start = replace(chat.start, collections=collections)
    session_id = chat.session().session_id
    for scope, field in (
        (TurnScope(collection_ids=(known, *unknown)), "collection_ids"),
        (TurnScope(prompt_run_ids=unknown), "prompt_run_ids"),
    ):
        with pytest.raises(NotFound, match=r": x$") as missing:
            start(TurnRequest(account_id="mine", session_id=session_id, message="Who?", scope=scope))
        assert missing.value.field == field
    twice = TurnScope(collection_ids=(known, known))
    turn = start(TurnRequest(account_id="mine", session_id=session_id, message="Who?", scope=twice)).turn
    assert (turn.effective_scope.collection_ids, turn.effective_scope.all_collections) == ((known,), False)


@pytest.mark.parametrize(("remaining", "retry_after_s"), [({"hours": 12}, 43_200), ({"seconds": 0.5}, 1)])
def test_an_exceeded_budget_is_back_at_midnight_of_utc(
    chat: ChatFixture, remaining: dict[str, float], retry_after_s: int
) -> None:
    midnight = chat.clock.now() + timedelta(hours=12)
    chat.limits = BudgetLimits(turns_max=0, tokens_max=10, tokens_reserved=0)
    chat.clock.at = midnight - timedelta(**remaining)
    with pytest.raises(TurnBudgetExceeded) as raised:
        chat.start_turn()
    assert (raised.value.retry_after_s, raised.value.resets_at) == (retry_after_s, midnight)


def test_a_turn_that_always_comes_too_late_is_given_up_after_sixteen_attempts(
    chat: ChatFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, attempts = chat.session(), list[int]()

    def stale(*_given: object) -> None:
        attempts.append(1)
        raise StaleRevision("The session was changed meanwhile.")

    monkeypatch.setattr(chat.chats, "add_turn", stale)
    monkeypatch.setattr(retry.random, "uniform", lambda _low, high: high)
    with pytest.raises(StaleRevision, match="Too many turns"):
        chat.start_turn(session)
    assert len(attempts) == 16
    assert chat.clock.slept_s == pytest.approx([0.01 * 2**n for n in range(8)] + [2.0] * 7)
    assert used(chat) == 0


@pytest.mark.parametrize("fails", [False, True])
def test_what_a_turn_reserves_before_midnight_is_returned_to_that_day(
    chat: ChatFixture, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    day, session, add_turn = chat.clock.now().date(), chat.session(), chat.chats.add_turn

    def store_after_midnight(*given: Any) -> None:
        chat.clock.advance(hours=12)
        if fails:
            raise Unavailable("down")
        add_turn(*given)

    monkeypatch.setattr(chat.chats, "add_turn", store_after_midnight)
    with pytest.raises(Unavailable) if fails else nullcontext():
        chat.cancel.end(chat.start_turn(session))
    assert (chat.usage.turns["mine", day], chat.usage.reserved_tokens["mine", day]) == (0 if fails else 1, 0)
    assert chat.usage.reserved_tokens["mine", chat.clock.now().date()] == 0


def test_a_turn_that_is_added_at_the_second_attempt_after_midnight_belongs_to_the_day_before(
    chat: ChatFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    day, session, add_turn = chat.clock.now().date(), chat.session(), chat.chats.add_turn

    def overtaken(*_given: Any) -> None:
        chat.clock.advance(hours=12)
        monkeypatch.setattr(chat.chats, "add_turn", add_turn)
        raise StaleRevision("The session was changed meanwhile.")

    monkeypatch.setattr(chat.chats, "add_turn", overtaken)
    turn = chat.start_turn(session)
    assert turn.leased_until == chat.clock.now() + chat.lease
    chat.cancel.end(turn)
    assert chat.usage.reserved_tokens["mine", day] == 0


def test_a_turn_has_the_account_of_its_session_and_what_it_may_spend(chat: ChatFixture) -> None:
    turn = chat.start_turn(key="k")
    assert (turn.account_id, turn.tokens_reserved, turn.idempotency_key) == ("mine", 500, "k")
    assert (turn.started_at, turn.leased_until) == (chat.clock.now(), chat.clock.now() + chat.lease)


def test_one_key_is_one_message_whatever_the_order_of_its_ids(chat: ChatFixture) -> None:
    def of(*ids: str, message: str = "Who?") -> str:
        scope = TurnScope(collection_ids=ids)
        return TurnRequest(account_id="a", session_id="s", message=message, scope=scope).fingerprint

    runs = TurnRequest(account_id="a", session_id="s", message="Who?", scope=TurnScope(prompt_run_ids=("x",)))
    assert of("x", "y") == of("y", "x")
    assert len({of("x", "y"), of("x"), of("y"), of(), of("x", message="What?"), runs.fingerprint}) == 6


def test_keys_of_sessions_turns_and_standalone_turns_are_different_keys() -> None:
    made = [session_key("a", "k"), turn_key("a", "s", "k"), turn_key("a", "t", "k"), standalone_turn_key("a", "k")]
    made += [session_key("b", "k"), turn_key("b", "s", "k"), standalone_turn_key("b", "k"), session_key("a", "l")]
    assert len(set(made)) == len(made)


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_the_key_of_a_request_must_be_valid(key: str) -> None:
    with pytest.raises(InvalidInput):
        choose_key([("Idempotency-Key", key)])
