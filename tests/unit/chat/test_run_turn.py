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

from tests.support.turns import ANSWER, LEASE, ScriptedAgent
from tests.unit.chat.conftest import ChatRoom

TERMINAL = ("turn_completed", "error")


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


def dying(at: Callable[[AgentEvent], bool]) -> ScriptedAgent:
    def pause(event: AgentEvent) -> None:
        if at(event):
            raise Killed

    return ScriptedAgent(pause=pause)


def killed(room: ChatRoom, turn: Turn, at: Callable[[AgentEvent], bool]) -> Turn:
    """The turn after its process has died there and its lease has passed, as its next attempt."""
    with pytest.raises(Killed):
        room.carry_out(dying(at))(turn)
    room.clock.pass_by(seconds=LEASE.total_seconds())
    following = room.take_over.one(room.now(turn))
    assert following is not None
    return following


def written(room: ChatRoom, turn: Turn) -> str:
    text = ""
    for event in room.events(turn):
        if event.name == "answer_delta":
            told = json.loads(event.data)
            text = text[: told["offset"]] + told["delta"]
    return text


def test_events_are_stored_as_they_happen_and_each_one_rings(room: ChatRoom) -> None:
    turn = room.asked()
    told: list[int] = []
    room.agent.pause = lambda _event: told.append(len(room.events(turn)))
    room.carry_out()(turn)
    assert told == sorted(told)
    names = room.names(turn)
    assert (names[0], names[1], names[-1]) == ("turn_started", "agent_state", "turn_completed")
    assert [e.sequence for e in room.events(turn)] == list(range(1, len(names) + 1))
    assert room.rung == [turn.turn_id] * (len(names) - 1)
    assert written(room, turn) == ANSWER


def test_the_turn_that_is_told_at_the_end_is_the_one_that_is_kept(room: ChatRoom) -> None:
    turn = room.asked()
    room.carry_out()(turn)
    kept, told = room.now(turn), json.loads(room.events(turn)[-1].data)["turn"]
    assert (kept.status, kept.leased_until) == (TurnStatus.COMPLETED, None)
    story = room.manage.story(kept)
    assert story.answer is not None
    assert (told["status"], told["assistant_message"]["content"]) == ("completed", story.answer.text)
    assert [r.call.tool_call_id for r in story.runs] == ["call-1", "call-2"]


def test_pieces_that_come_fast_are_told_together(room: ChatRoom) -> None:
    turn = room.asked()
    room.carry_out()(turn)
    pieces = [json.loads(e.data) for e in room.events(turn) if e.name == "answer_delta"]
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
    room: ChatRoom, error: Exception, code: str
) -> None:
    def pause(event: AgentEvent) -> None:
        if isinstance(event, AnswerDelta):
            raise error

    turn = room.asked()
    room.agent.pause = pause
    room.carry_out()(turn)
    ended, told = room.now(turn), json.loads(room.events(turn)[-1].data)
    assert ended.status is TurnStatus.FAILED
    assert (told["status"], told["error"]["code"], len(told["turn"]["tool_trace"])) == ("failed", code, 2)


def test_a_surprise_leaves_the_turn_open_for_whoever_gives_it_up(room: ChatRoom) -> None:
    def pause(_event: AgentEvent) -> None:
        raise ZeroDivisionError("secret")

    turn = room.asked()
    room.agent.pause = pause
    with pytest.raises(ZeroDivisionError):
        room.carry_out()(turn)
    assert room.now(turn).status is TurnStatus.RUNNING
    room.carry_out().give_up(turn)
    assert room.names(turn)[-1] == "error"
    assert "secret" not in room.events(turn)[-1].data


def test_a_turn_is_taken_over_behind_the_last_tool_run_that_ended(room: ChatRoom) -> None:
    turn = room.asked()
    following = killed(room, turn, lambda e: isinstance(e, ToolFinished) and e.run.call.tool_call_id == "call-2")
    room.carry_out()(following)
    assert room.agent.taken_over == [("call-1",)]
    results = [json.loads(e.data)["tool_call_id"] for e in room.events(turn) if e.name == "tool_call_result"]
    assert results == ["call-1", "call-2"]
    assert [json.loads(e.data)["state"] for e in room.events(turn) if e.name == "agent_state"].count("resuming") == 1
    assert room.names(turn)[-1] == "turn_completed"


def test_an_answer_that_starts_anew_takes_the_place_of_the_one_before(room: ChatRoom) -> None:
    turn = room.asked()
    following = killed(room, turn, lambda e: isinstance(e, AgentAnswered))
    assert written(room, turn)
    room.carry_out()(following)
    assert [json.loads(e.data)["offset"] for e in room.events(turn) if e.name == "answer_delta"].count(0) == 2
    assert written(room, turn) == ANSWER


def test_of_two_that_work_on_a_turn_one_ends_it(room: ChatRoom) -> None:
    """The first process was frozen in the middle, and wakes up when another one has gone on."""
    turn, frozen, woken = room.asked(), Event(), Event()

    def pause(event: AgentEvent) -> None:
        if isinstance(event, ToolFinished):
            frozen.set()
            assert woken.wait(5)

    first = ScriptedAgent(pause=pause)
    thread = Thread(target=room.carry_out(first), args=(turn,))
    thread.start()
    assert frozen.wait(5)
    room.clock.pass_by(seconds=LEASE.total_seconds())
    following = room.take_over.one(room.now(turn))
    assert following is not None
    room.carry_out()(following)
    before = room.events(turn)
    woken.set()
    thread.join(5)
    assert first.closed == 1
    assert room.events(turn) == before
    assert [n for n in room.names(turn) if n in TERMINAL] == ["turn_completed"]
    assert total(room.usage.read("mine", turn.created_at.date(), turn.created_at.date())).input_tokens == 100


def test_a_turn_is_taken_over_by_one_and_not_before_its_lease_has_passed(room: ChatRoom) -> None:
    turn = room.asked()
    assert room.take_over.one(turn) is None
    room.clock.pass_by(seconds=LEASE.total_seconds())
    assert [room.take_over.one(turn) is None for _ in range(3)] == [False, True, True]


def test_a_turn_that_has_killed_too_many_processes_is_given_up(room: ChatRoom) -> None:
    turn = room.asked()
    following = turn
    for _ in range(ATTEMPTS_MAX):
        following = killed(room, following, lambda e: isinstance(e, ToolFinished))
    room.carry_out()(following)
    assert room.names(turn)[-1] == "error"
    error = room.now(turn).error
    assert error is not None
    assert error.code == "turn_interrupted"


def test_a_process_that_thinks_for_long_keeps_its_turn() -> None:
    room = ChatRoom(lease=timedelta(seconds=0.15))
    turn = room.asked()
    leases: list[object] = []

    def pause(event: AgentEvent) -> None:
        if isinstance(event, ToolFinished):
            time.sleep(0.2)
            room.clock.pass_by(seconds=1)
            time.sleep(0.2)
            leases.append(room.take_over.one(room.now(turn)))

    room.agent.pause = pause
    room.carry_out()(turn)
    assert leases == [None, None]
    assert room.now(turn).attempt == 1


def test_a_cancelled_turn_is_told_as_ended_and_its_process_stops(room: ChatRoom) -> None:
    turn = room.asked()

    def pause(event: AgentEvent) -> None:
        if isinstance(event, ToolFinished) and event.run.call.tool_call_id == "call-2":
            room.cancel("mine", turn.session_id, turn.turn_id)

    room.agent.pause = pause
    room.carry_out()(turn)
    assert (room.agent.closed, room.now(turn).status) == (1, TurnStatus.CANCELLED)
    assert room.names(turn)[-1] == "error"
    assert [n for n in room.names(turn) if n in TERMINAL] == ["error"]
    assert room.cancel("mine", turn.session_id, turn.turn_id) == room.now(turn)


def test_a_session_that_is_deleted_takes_the_turn_from_its_process(room: ChatRoom) -> None:
    turn = room.asked()

    def pause(event: AgentEvent) -> None:
        if isinstance(event, ToolFinished):
            room.manage.delete("mine", turn.session_id)

    room.agent.pause = pause
    room.carry_out()(turn)
    assert (room.events(turn), room.chats.steps(turn.turn_id)) == ([], [])
    used = total(room.usage.read("mine", turn.created_at.date(), turn.created_at.date()))
    assert (used.turns, used.input_tokens) == (1, 0)


def test_tokens_are_settled_once_and_what_was_set_aside_is_free_again(room: ChatRoom) -> None:
    session = room.session()
    for _ in range(40):
        room.carry_out()(room.asked(session))
    used = total(room.usage.read("mine", room.clock.now().date(), room.clock.now().date()))
    assert (used.turns, used.input_tokens, used.output_tokens) == (40, 4000, 800)


def test_a_turn_that_fails_has_cost_what_its_model_read_and_wrote(room: ChatRoom) -> None:
    class BreakingAgent(ScriptedAgent):
        def _script(self, runs: list[ToolRun]) -> Iterator[AgentEvent]:
            yield TokensSpent(stats=AgentStats(model="scripted", input_tokens=40, output_tokens=10))
            yield TokensSpent(stats=AgentStats(model="scripted", input_tokens=70, output_tokens=30))
            raise Unavailable("down")

    turn = room.asked()
    room.carry_out(BreakingAgent())(turn)
    used = total(room.usage.read("mine", turn.created_at.date(), turn.created_at.date()))
    assert room.now(turn).status is TurnStatus.FAILED
    assert (used.turns, used.input_tokens, used.output_tokens) == (1, 70, 30)
