"""A standalone turn is started once for each key, stores its task, and runs like the turns of sessions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from cinedex.answers.domain.answer import Message, MessageRole
from cinedex.answers.usecases.answer_question import AnswerRequest
from cinedex.chat.domain.session import TurnErrorCode, TurnStatus
from cinedex.chat.domain.turn_log import TurnStarted
from cinedex.chat.usecases.start_turn import StartedTurn
from cinedex.kernel.errors import InvalidInput, KeyReused

from tests.support.chat_fixture import ChatFixture
from tests.support.turns import ANSWER, LEASE


def asking(text: str = "What is drunk?") -> AnswerRequest:
    return AnswerRequest(account_id="mine", messages=(Message(role=MessageRole.USER, content=text),))


def test_the_task_is_in_the_first_event_of_the_log(chat: ChatFixture) -> None:
    started = chat.start_standalone(asking(), None)
    first = chat.events(started.turn)[0].event
    assert started.is_new
    assert isinstance(first, TurnStarted)
    assert first.task is not None
    assert [m.content for m in first.task.conversation] == ["What is drunk?"]


def test_requests_with_one_key_at_once_start_one_turn(chat: ChatFixture) -> None:
    with ThreadPoolExecutor(8) as pool:
        started = list(pool.map(lambda _: chat.start_standalone(asking(), "k"), range(16)))
    assert len({s.turn.turn_id for s in started}) == 1
    assert [s.is_new for s in started].count(True) == 1


def test_a_request_that_is_overtaken_by_one_with_its_key_returns_that_turn(
    chat: ChatFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_turn, overtaking = chat.chats.add_turn, list[StartedTurn]()

    def overtake(*given: Any) -> None:
        monkeypatch.setattr(chat.chats, "add_turn", add_turn)
        overtaking.append(chat.start_standalone(asking(), "k"))
        add_turn(*given)

    monkeypatch.setattr(chat.chats, "add_turn", overtake)
    started = chat.start_standalone(asking(), "k")
    assert (started.is_new, started.turn.turn_id) == (False, overtaking[0].turn.turn_id)
    assert [turn.turn_id for turn in chat.executor.started] == [started.turn.turn_id]


def test_a_key_of_another_question_is_an_error(chat: ChatFixture) -> None:
    chat.start_standalone(asking(), "k")
    with pytest.raises(KeyReused):
        chat.start_standalone(asking("Another?"), "k")


def test_a_key_of_another_account_is_another_key(chat: ChatFixture) -> None:
    mine = chat.start_standalone(asking(), "k")
    yours = chat.start_standalone(asking().model_copy(update={"account_id": "yours"}), "k")
    assert mine.turn.turn_id != yours.turn.turn_id


def test_an_invalid_question_starts_nothing(chat: ChatFixture) -> None:
    with pytest.raises(InvalidInput):
        chat.start_standalone(asking(" "), "k")
    assert chat.chats.list_open_turns() == []


def test_the_turn_and_its_events_expire_with_its_key(chat: ChatFixture) -> None:
    turn = chat.start_standalone(asking(), "k").turn
    chat.run_turn()(turn)
    expiry = chat.clock.now() + timedelta(hours=24)
    assert {event.expires_at for event in chat.events(turn)} == {expiry} == {chat.now(turn).expires_at}


def test_a_reassigned_turn_still_has_its_conversation(chat: ChatFixture) -> None:
    turn = chat.start_standalone(asking(), None).turn
    chat.clock.advance(seconds=LEASE.total_seconds())
    following = chat.reclaim.one(turn)
    assert following is not None
    chat.run_turn()(following)
    assert [m.content for m in chat.agent.tasks[-1].conversation] == ["What is drunk?"]
    answer = chat.manage.detail(chat.now(turn)).answer
    assert answer is not None
    assert answer.text == ANSWER


def test_a_turn_whose_log_has_expired_fails(chat: ChatFixture) -> None:
    """The store may remove the first event before the turn itself."""
    turn = chat.start_standalone(asking(), None).turn
    chat.chats._events[turn.turn_id].pop(1)
    chat.run_turn()(turn)
    ended = chat.now(turn)
    assert ended.status is TurnStatus.FAILED
    assert ended.error is not None
    assert ended.error.code is TurnErrorCode.NOT_FOUND


def test_a_standalone_turn_is_not_counted_against_the_budget(chat: ChatFixture) -> None:
    chat.run_turn()(chat.start_standalone(asking(), None).turn)
    (day,) = chat.usage.read("mine", chat.clock.now().date(), chat.clock.now().date())
    assert (day.usage.turns, day.usage.input_tokens) == (0, 0)
