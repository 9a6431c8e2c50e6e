"""A turn is carried out event by event, by one process after the other, and ends exactly once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Event, Thread

import pytest
from cinedex.answers.domain.agent import (
    AgentAnswered,
    AgentEvent,
    AgentStats,
    AnswerDelta,
    TokensSpent,
    ToolFinished,
    ToolRun,
)
from cinedex.chat.domain.session import ATTEMPTS_MAX, Turn, TurnStatus
from cinedex.kernel.errors import TooManyRequests, Unavailable
from cinedex.usage.operations import total

from tests.support.chat_fixture import ChatFixture
from tests.support.turns import ANSWER, LEASE, ScriptedAgent

TERMINAL = ("turn_completed", "error")


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


def dying(at: Callable[[AgentEvent], bool]) -> ScriptedAgent:
    def pause(event: AgentEvent) -> None:
        if at(event):
            raise Killed

    return ScriptedAgent(pause=pause)


def killed(chat: ChatFixture, turn: Turn, at: Callable[[AgentEvent], bool]) -> Turn:
    """The turn after its process has died there and its lease has passed, as its next attempt."""
    with pytest.raises(Killed):
        chat.carry_out(dying(at))(turn)
    chat.clock.advance(seconds=LEASE.total_seconds())
    following = chat.take_over.one(chat.now(turn))
    assert following is not None
    return following


def written(chat: ChatFixture, turn: Turn) -> str:
    text = ""
    for event in chat.events(turn):
        if event.name == "answer_delta":
            told = json.loads(event.data)
            text = text[: told["offset"]] + told["delta"]
    return text


def test_events_are_stored_as_they_happen_and_each_one_rings(chat: ChatFixture) -> None:
    turn = chat.asked()
    told: list[int] = []
    chat.agent.pause = lambda _event: told.append(len(chat.events(turn)))
    chat.carry_out()(turn)
    assert told == sorted(told)
    names = chat.names(turn)
    assert (names[0], names[1], names[-1]) == ("turn_started", "agent_state", "turn_completed")
    assert [e.sequence for e in chat.events(turn)] == list(range(1, len(names) + 1))
    assert chat.rung == [turn.turn_id] * (len(names) - 1)
    assert written(chat, turn) == ANSWER


def test_the_turn_that_is_told_at_the_end_is_the_one_that_is_kept(chat: ChatFixture) -> None:
    turn = chat.asked()
    chat.carry_out()(turn)
    kept, told = chat.now(turn), json.loads(chat.events(turn)[-1].data)["turn"]
    assert (kept.status, kept.leased_until) == (TurnStatus.COMPLETED, None)
    story = chat.manage.story(kept)
    assert story.answer is not None
    assert (told["status"], told["assistant_message"]["content"]) == ("completed", story.answer.text)
    assert [r.call.tool_call_id for r in story.runs] == ["call-1", "call-2"]


def test_pieces_that_come_fast_are_told_together(chat: ChatFixture) -> None:
    turn = chat.asked()
    chat.carry_out()(turn)
    pieces = [json.loads(e.data) for e in chat.events(turn) if e.name == "answer_delta"]
    assert pieces[0]["delta"] == "It"
    assert len(pieces) < len(ANSWER.split())


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Unavailable("down"), "service_unavailable"),
        (TooManyRequests("slow down", retry_after_s=1), "rate_limit_exceeded"),
    ],
)
def test_a_turn_that_fails_ends_with_an_error_and_keeps_what_was_done(
    chat: ChatFixture, error: Exception, code: str
) -> None:
    def pause(event: AgentEvent) -> None:
        if isinstance(event, AnswerDelta):
            raise error

    turn = chat.asked()
    chat.agent.pause = pause
    chat.carry_out()(turn)
    ended, told = chat.now(turn), json.loads(chat.events(turn)[-1].data)
    assert ended.status is TurnStatus.FAILED
    assert (told["status"], told["error"]["code"], len(told["turn"]["tool_trace"])) == ("failed", code, 2)


def test_a_surprise_leaves_the_turn_open_for_whoever_gives_it_up(chat: ChatFixture) -> None:
    def pause(_event: AgentEvent) -> None:
        raise ZeroDivisionError("secret")

    turn = chat.asked()
    chat.agent.pause = pause
    with pytest.raises(ZeroDivisionError):
        chat.carry_out()(turn)
    assert chat.now(turn).status is TurnStatus.RUNNING
    chat.carry_out().give_up(turn)
    assert chat.names(turn)[-1] == "error"
    assert "secret" not in chat.events(turn)[-1].data


def test_a_turn_is_taken_over_behind_the_last_tool_run_that_ended(chat: ChatFixture) -> None:
    turn = chat.asked()
    following = killed(chat, turn, lambda e: isinstance(e, ToolFinished) and e.run.call.tool_call_id == "call-2")
    chat.carry_out()(following)
    assert chat.agent.taken_over == [("call-1",)]
    results = [json.loads(e.data)["tool_call_id"] for e in chat.events(turn) if e.name == "tool_call_result"]
    assert results == ["call-1", "call-2"]
    assert [json.loads(e.data)["state"] for e in chat.events(turn) if e.name == "agent_state"].count("resuming") == 1
    assert chat.names(turn)[-1] == "turn_completed"


def test_an_answer_that_starts_anew_takes_the_place_of_the_one_before(chat: ChatFixture) -> None:
    turn = chat.asked()
    following = killed(chat, turn, lambda e: isinstance(e, AgentAnswered))
    assert written(chat, turn)
    chat.carry_out()(following)
    assert [json.loads(e.data)["offset"] for e in chat.events(turn) if e.name == "answer_delta"].count(0) == 2
    assert written(chat, turn) == ANSWER


def test_of_two_that_work_on_a_turn_one_ends_it(chat: ChatFixture) -> None:
    """The first process was frozen in the middle, and wakes up when another one has gone on."""
    turn, frozen, woken = chat.asked(), Event(), Event()

    def pause(event: AgentEvent) -> None:
        if isinstance(event, ToolFinished):
            frozen.set()
            assert woken.wait(5)

    first = ScriptedAgent(pause=pause)
    thread = Thread(target=chat.carry_out(first), args=(turn,))
    thread.start()
    assert frozen.wait(5)
    chat.clock.advance(seconds=LEASE.total_seconds())
    following = chat.take_over.one(chat.now(turn))
    assert following is not None
    chat.carry_out()(following)
    before = chat.events(turn)
    woken.set()
    thread.join(5)
    assert first.closed == 1
    assert chat.events(turn) == before
    assert [n for n in chat.names(turn) if n in TERMINAL] == ["turn_completed"]
    assert total(chat.usage.read("mine", turn.created_at.date(), turn.created_at.date())).input_tokens == 100


def test_a_turn_is_taken_over_by_one_and_not_before_its_lease_has_passed(chat: ChatFixture) -> None:
    turn = chat.asked()
    assert chat.take_over.one(turn) is None
    chat.clock.advance(seconds=LEASE.total_seconds())
    assert [chat.take_over.one(turn) is None for _ in range(3)] == [False, True, True]


def test_a_turn_that_has_killed_too_many_processes_is_given_up(chat: ChatFixture) -> None:
    turn = chat.asked()
    following = turn
    for _ in range(ATTEMPTS_MAX):
        following = killed(chat, following, lambda e: isinstance(e, ToolFinished))
    chat.carry_out()(following)
    assert chat.names(turn)[-1] == "error"
    error = chat.now(turn).error
    assert error is not None
    assert error.code == "turn_interrupted"


def test_a_process_that_thinks_for_long_keeps_its_turn() -> None:
    chat = ChatFixture(lease=timedelta(seconds=0.15))
    turn = chat.asked()
    leases: list[object] = []

    def pause(event: AgentEvent) -> None:
        if isinstance(event, ToolFinished):
            time.sleep(0.2)
            chat.clock.advance(seconds=1)
            time.sleep(0.2)
            leases.append(chat.take_over.one(chat.now(turn)))

    chat.agent.pause = pause
    chat.carry_out()(turn)
    assert leases == [None, None]
    assert chat.now(turn).attempt == 1


def test_a_cancelled_turn_is_told_as_ended_and_its_process_stops(chat: ChatFixture) -> None:
    turn = chat.asked()

    def pause(event: AgentEvent) -> None:
        if isinstance(event, ToolFinished) and event.run.call.tool_call_id == "call-2":
            chat.cancel("mine", turn.session_id, turn.turn_id)

    chat.agent.pause = pause
    chat.carry_out()(turn)
    assert (chat.agent.closed, chat.now(turn).status) == (1, TurnStatus.CANCELLED)
    assert chat.names(turn)[-1] == "error"
    assert [n for n in chat.names(turn) if n in TERMINAL] == ["error"]
    assert chat.cancel("mine", turn.session_id, turn.turn_id) == chat.now(turn)


def test_a_session_that_is_deleted_takes_the_turn_from_its_process(chat: ChatFixture) -> None:
    turn = chat.asked()

    def pause(event: AgentEvent) -> None:
        if isinstance(event, ToolFinished):
            chat.manage.delete("mine", turn.session_id)

    chat.agent.pause = pause
    chat.carry_out()(turn)
    assert (chat.events(turn), chat.chats.steps(turn.turn_id)) == ([], [])
    used = total(chat.usage.read("mine", turn.created_at.date(), turn.created_at.date()))
    assert (used.turns, used.input_tokens) == (1, 0)


def test_tokens_are_settled_once_and_what_was_set_aside_is_free_again(chat: ChatFixture) -> None:
    session = chat.session()
    for _ in range(40):
        chat.carry_out()(chat.asked(session))
    used = total(chat.usage.read("mine", chat.clock.now().date(), chat.clock.now().date()))
    assert (used.turns, used.input_tokens, used.output_tokens) == (40, 4000, 800)


def test_a_turn_that_fails_has_cost_what_its_model_read_and_wrote(chat: ChatFixture) -> None:
    class BreakingAgent(ScriptedAgent):
        def _script(self, runs: list[ToolRun]) -> Iterator[AgentEvent]:
            yield TokensSpent(stats=AgentStats(model="scripted", input_tokens=40, output_tokens=10))
            yield TokensSpent(stats=AgentStats(model="scripted", input_tokens=70, output_tokens=30))
            raise Unavailable("down")

    turn = chat.asked()
    chat.carry_out(BreakingAgent())(turn)
    used = total(chat.usage.read("mine", turn.created_at.date(), turn.created_at.date()))
    assert chat.now(turn).status is TurnStatus.FAILED
    assert (used.turns, used.input_tokens, used.output_tokens) == (1, 70, 30)
