"""Sessions and turns are listed in pages, created once for each key, and deleted whole."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.chat.domain.session import Turn, TurnStatus
from cinedex.kernel import retry
from cinedex.kernel.errors import InvalidInput, NotFound, RequestInProgress, StaleRevision

from tests.support.chat_fixture import ChatFixture


@pytest.mark.parametrize("title", [None, "", "  "])
def test_a_title_without_characters_is_none(chat: ChatFixture, title: str | None) -> None:
    assert chat.manage.create("mine", title, None).title is None


def test_a_title_has_at_most_200_characters(chat: ChatFixture) -> None:
    assert chat.manage.create("mine", "t" * 200, None).title == "t" * 200
    with pytest.raises(InvalidInput, match="200 characters"):
        chat.manage.create("mine", "t" * 201, None)


@pytest.mark.parametrize(("limit", "sizes"), [(1, [1, 1, 1]), (2, [2, 1]), (3, [3]), (4, [3])])
def test_pages_put_together_are_the_list_and_the_last_one_has_no_cursor(
    chat: ChatFixture, limit: int, sizes: list[int]
) -> None:
    sessions = [chat.session().session_id for _ in range(3)]
    turns = [chat.start_turn(chat.manage.get("mine", sessions[0])).turn_id for _ in range(3)]
    chat.manage.create("yours", None, None)
    for listed, expected in (
        (lambda cursor: chat.manage.list("mine", limit, cursor), sessions[::-1]),
        (lambda cursor: chat.manage.turns("mine", sessions[0], limit, cursor), turns),
    ):
        pages: list[Any] = []
        while not pages or pages[-1].next_cursor is not None:
            pages.append(listed(pages[-1].next_cursor if pages else None))
        ids = [getattr(item, "session_id", None) or item.turn.turn_id for page in pages for item in page.items]
        assert (ids, [len(page.items) for page in pages], pages[0].limit) == (expected, sizes, limit)


def test_a_session_is_read_with_its_latest_fifty_turns_oldest_first(chat: ChatFixture) -> None:
    chat.limits = chat.limits.model_copy(update={"turns_max": 100, "tokens_max": 100_000})
    session = chat.session()
    turns = [chat.start_turn(session).turn_id for _ in range(52)]
    assert [detail.turn.turn_id for detail in chat.manage.latest_turns(session)] == turns[2:]


def test_an_id_of_another_spelling_names_the_same_session_and_nonsense_names_none(chat: ChatFixture) -> None:
    turn = chat.start_turn()
    spelled = turn.session_id.upper()
    assert chat.manage.get("mine", spelled).session_id == turn.session_id
    assert chat.manage.turn("mine", spelled, turn.turn_id.upper()) == turn
    assert [detail.turn for detail in chat.manage.turns("mine", spelled, 9, None).items] == [turn]
    with pytest.raises(NotFound) as missing:
        chat.manage.turn("mine", spelled, "nonsense")
    assert missing.value.field == "turn_id"
    with pytest.raises(NotFound) as missing:
        chat.manage.get("mine", "nonsense")
    assert missing.value.field == "session_id"


def test_nothing_of_a_session_is_read_by_another_account(chat: ChatFixture) -> None:
    turn = chat.start_turn()
    for read in (
        lambda: chat.manage.get("yours", turn.session_id),
        lambda: chat.manage.turn("yours", turn.session_id, turn.turn_id),
        lambda: chat.manage.turns("yours", turn.session_id, 9, None),
        lambda: chat.manage.delete("yours", turn.session_id),
    ):
        with pytest.raises(NotFound):
            read()
    assert chat.now(turn) == turn
    assert chat.manage.list("yours", 9, None).items == []


def test_the_open_turns_of_a_session_are_cancelled_before_it_is_deleted(
    chat: ChatFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, delete, statuses = chat.session(), chat.chats.delete_session, list[TurnStatus]()
    turns = [chat.start_turn(session) for _ in range(3)]

    def observed(deleted: Any) -> None:
        statuses.extend(chat.now(turn).status for turn in turns)
        delete(deleted)

    monkeypatch.setattr(chat.chats, "delete_session", observed)
    chat.manage.delete("mine", session.session_id)
    assert statuses == [TurnStatus.CANCELLED] * 3
    assert chat.usage.reserved_tokens["mine", chat.clock.now().date()] == 0


def test_the_turns_of_a_deleted_session_that_have_ended_are_not_read_again(
    chat: ChatFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, get_turn, read = chat.session(), chat.chats.get_turn, list[str]()
    ended, open_ = (chat.start_turn(session) for _ in range(2))
    chat.cancel.end(ended)

    def observed(session_id: str, turn_id: str) -> Turn:
        read.append(turn_id)
        return get_turn(session_id, turn_id)

    monkeypatch.setattr(chat.chats, "get_turn", observed)
    chat.manage.delete("mine", session.session_id)
    assert read == [open_.turn_id]


def test_a_session_that_gets_a_turn_while_it_is_deleted_is_deleted_with_it(
    chat: ChatFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, delete = chat.session(), chat.chats.delete_session

    def overtake(deleted: Any) -> None:
        monkeypatch.setattr(chat.chats, "delete_session", delete)
        chat.start_turn(session)
        delete(deleted)

    monkeypatch.setattr(chat.chats, "delete_session", overtake)
    chat.manage.delete("mine", session.session_id)
    with pytest.raises(NotFound):
        chat.manage.get("mine", session.session_id)


def test_a_session_that_always_gets_new_turns_is_given_up_after_twelve_attempts(
    chat: ChatFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, attempts = chat.session(), list[int]()

    def stale(_session: object) -> None:
        attempts.append(1)
        raise StaleRevision("A turn was started.")

    monkeypatch.setattr(chat.chats, "delete_session", stale)
    monkeypatch.setattr(retry.random, "uniform", lambda _low, high: high)
    with pytest.raises(StaleRevision, match="New turns"):
        chat.manage.delete("mine", session.session_id)
    assert len(attempts) == 12
    assert chat.clock.slept_s == pytest.approx([0.02, 0.04, 0.08, 0.16, 0.32, *[0.5] * 6])


def test_a_request_that_is_overtaken_by_one_with_its_key_returns_that_session(
    chat: ChatFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, first = chat.chats.add_session, list[str]()

    def overtake(*given: Any) -> bool:
        monkeypatch.setattr(chat.chats, "add_session", add)
        first.append(chat.manage.create("mine", "Cats", "k").session_id)
        return add(*given)

    monkeypatch.setattr(chat.chats, "add_session", overtake)
    assert chat.manage.create("mine", "Cats", "k").session_id == first[0]
    assert len(chat.manage.list("mine", 9, None).items) == 1


def test_a_key_that_is_taken_by_a_request_without_a_result_is_in_progress(
    chat: ChatFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat.chats, "add_session", lambda *_given: False)
    with pytest.raises(RequestInProgress):
        chat.manage.create("mine", None, "k")
