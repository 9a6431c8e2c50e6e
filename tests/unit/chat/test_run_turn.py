"""A turn runs event by event, in one process after another if need be, and ends exactly once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Event, Thread
from typing import Any

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
from cinedex.chat.domain.session import Turn, TurnErrorCode, TurnStatus
from cinedex.chat.domain.turn_log import AnswerAppended, StoredEvent, TurnEnded
from cinedex.kernel.errors import InternalError, InvalidInput, NotFound, TooManyRequests, Unavailable
from cinedex.usage.operations import total

from tests.support.chat_fixture import ChatFixture
from tests.support.turns import ANSWER, LEASE, RecordingExecutor, ScriptedAgent


class Killed(BaseException):
    """The process has ended: no code of it runs any more."""


def dying(at: Callable[[AgentEvent], bool]) -> ScriptedAgent:
    def pause(event: AgentEvent) -> None:
        if at(event):
            raise Killed

    return ScriptedAgent(pause=pause)


def killed(chat: ChatFixture, turn: Turn, at: Callable[[AgentEvent], bool]) -> Turn:
    """The turn after its process has died there and its lease has expired, as its next attempt."""
    with pytest.raises(Killed):
        chat.run_turn(dying(at))(turn)
    chat.clock.advance(seconds=LEASE.total_seconds())
    following = chat.reclaim.one(chat.now(turn))
    assert following is not None
    return following


def written(chat: ChatFixture, turn: Turn) -> str:
    text = ""
    for appended in pieces(chat, turn):
        text = text[: appended.offset] + appended.text
    return text


def pieces(chat: ChatFixture, turn: Turn) -> list[AnswerAppended]:
    return [stored.event for stored in chat.events(turn) if isinstance(stored.event, AnswerAppended)]


def test_events_are_stored_as_they_happen_and_readers_are_notified_of_each(chat: ChatFixture) -> None:
    turn = chat.start_turn()
    stored_counts: list[int] = []
    chat.agent.pause = lambda _event: stored_counts.append(len(chat.events(turn)))
    chat.run_turn()(turn)
    assert stored_counts == sorted(stored_counts)
    names = chat.kinds(turn)
    assert (names[0], names[1], names[-1]) == ("turn_started", "state_changed", "turn_ended")
    assert [e.sequence for e in chat.events(turn)] == list(range(1, len(names) + 1))
    assert chat.notified == [turn.turn_id] * (len(names) - 1)
    assert written(chat, turn) == ANSWER


def test_a_reader_gets_the_whole_turn_with_its_last_event(chat: ChatFixture) -> None:
    turn = chat.start_turn()
    chat.run_turn()(turn)
    stored, update = chat.now(turn), chat.read(turn, 0)[-1]
    assert (stored.status, stored.leased_until) == (TurnStatus.COMPLETED, None)
    assert update.detail == chat.manage.detail(stored)
    assert update.detail is not None
    assert update.detail.answer is not None
    assert update.detail.answer.text == ANSWER
    assert [r.call.tool_call_id for r in update.detail.runs] == ["call-1", "call-2"]


def test_pieces_that_come_fast_are_stored_together(chat: ChatFixture) -> None:
    turn = chat.start_turn()
    chat.run_turn()(turn)
    assert [p.text for p in pieces(chat, turn)] == ["It", ANSWER.removeprefix("It")]


def test_pieces_that_come_slowly_are_stored_one_by_one(chat: ChatFixture) -> None:
    def pause(event: AgentEvent) -> None:
        if isinstance(event, AnswerDelta):
            chat.clock.advance(seconds=0.1)

    turn = chat.start_turn()
    chat.agent.pause = pause
    chat.run_turn()(turn)
    assert len(pieces(chat, turn)) == len(ANSWER.split(" "))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Unavailable("down"), TurnErrorCode.UNAVAILABLE),
        (InternalError(), TurnErrorCode.INTERNAL),
        (TooManyRequests("slow down", retry_after_s=1), TurnErrorCode.RATE_LIMITED),
        (NotFound("gone"), TurnErrorCode.NOT_FOUND),
        (InvalidInput("odd"), TurnErrorCode.FAILED),
    ],
)
def test_a_failed_turn_ends_with_an_error_and_keeps_its_tool_runs(
    chat: ChatFixture, error: Exception, code: TurnErrorCode
) -> None:
    def pause(event: AgentEvent) -> None:
        if isinstance(event, AnswerDelta):
            raise error

    turn = chat.start_turn()
    chat.agent.pause = pause
    chat.run_turn()(turn)
    ended = chat.manage.detail(chat.now(turn))
    assert chat.events(turn)[-1].event == TurnEnded(status=TurnStatus.FAILED)
    assert ended.turn.status is TurnStatus.FAILED
    assert ended.turn.error is not None
    assert (ended.turn.error.code, len(ended.runs)) == (code, 2)


def test_an_unexpected_error_leaves_the_turn_open_and_its_details_are_not_stored(chat: ChatFixture) -> None:
    def pause(_event: AgentEvent) -> None:
        raise ZeroDivisionError("secret")

    turn = chat.start_turn()
    chat.agent.pause = pause
    with pytest.raises(ZeroDivisionError):
        chat.run_turn()(turn)
    assert chat.now(turn).status is TurnStatus.RUNNING
    chat.run_turn().fail_unexpectedly(turn)
    assert chat.kinds(turn)[-1] == "turn_ended"
    assert "secret" not in chat.now(turn).model_dump_json()


def test_a_reassigned_turn_continues_after_the_last_tool_run_that_ended(chat: ChatFixture) -> None:
    turn = chat.start_turn()
    following = killed(chat, turn, lambda e: isinstance(e, ToolFinished) and e.run.call.tool_call_id == "call-2")
    chat.run_turn()(following)
    assert chat.agent.done == [("call-1",)]
    finished = [stored.event for stored in chat.events(turn) if isinstance(stored.event, ToolFinished)]
    assert [event.run.call.tool_call_id for event in finished] == ["call-1", "call-2"]
    assert chat.kinds(turn).count("turn_reassigned") == 1
    assert chat.kinds(turn)[-1] == "turn_ended"


def test_an_answer_that_restarts_replaces_the_one_before(chat: ChatFixture) -> None:
    turn = chat.start_turn()
    following = killed(chat, turn, lambda e: isinstance(e, AgentAnswered))
    assert written(chat, turn)
    chat.run_turn()(following)
    assert [p.offset for p in pieces(chat, turn)].count(0) == 2
    assert written(chat, turn) == ANSWER


def test_of_two_processes_that_work_on_a_turn_one_ends_it(chat: ChatFixture) -> None:
    """The first process is suspended in the middle, and resumes when another one has continued the turn."""
    turn, suspended, resumed = chat.start_turn(), Event(), Event()

    def pause(event: AgentEvent) -> None:
        if isinstance(event, ToolFinished):
            suspended.set()
            assert resumed.wait(5)

    first = ScriptedAgent(pause=pause)
    thread = Thread(target=chat.run_turn(first), args=(turn,))
    thread.start()
    assert suspended.wait(5)
    chat.clock.advance(seconds=LEASE.total_seconds())
    following = chat.reclaim.one(chat.now(turn))
    assert following is not None
    chat.run_turn()(following)
    before = chat.events(turn)
    resumed.set()
    thread.join(5)
    assert first.closed == 1
    assert chat.events(turn) == before
    assert chat.kinds(turn).count("turn_ended") == 1
    assert chat.now(turn).status is TurnStatus.COMPLETED
    assert total(chat.usage.read("mine", turn.created_at.date(), turn.created_at.date())).input_tokens == 100


def test_a_turn_is_reassigned_once_and_not_before_its_lease_has_expired(chat: ChatFixture) -> None:
    turn = chat.start_turn()
    assert chat.reclaim.one(turn) is None
    chat.clock.advance(seconds=LEASE.total_seconds())
    assert [chat.reclaim.one(turn) is None for _ in range(3)] == [False, True, True]
    assert isinstance(chat.executor, RecordingExecutor)
    assert [t.attempt for t in chat.executor.started] == [1, 2]


def test_a_turn_whose_lease_a_clock_gave_before_it_was_set_back_is_reassigned(chat: ChatFixture) -> None:
    chat.clock.advance(days=4)
    turn = chat.start_turn()
    chat.clock.advance(days=-4)
    following = chat.reclaim.one(turn)
    assert following is not None
    assert following.leased_until == chat.clock.now() + LEASE
    assert chat.reclaim.one(following) is None


def test_a_lease_of_a_clock_that_differs_a_little_is_not_taken(chat: ChatFixture) -> None:
    turn = chat.start_turn()
    chat.clock.advance(seconds=-30)
    assert chat.reclaim.one(turn) is None


def test_a_turn_whose_processes_died_too_often_fails(chat: ChatFixture) -> None:
    turn = chat.start_turn()
    following = turn
    for _ in range(5):
        following = killed(chat, following, lambda e: isinstance(e, ToolFinished))
    chat.run_turn()(following)
    assert chat.agent.tasks == []
    assert chat.kinds(turn)[-1] == "turn_ended"
    error = chat.now(turn).error
    assert error is not None
    assert error.code is TurnErrorCode.INTERRUPTED


def test_the_fifth_process_may_still_end_a_turn(chat: ChatFixture) -> None:
    turn = chat.start_turn()
    following = turn
    for _ in range(4):
        following = killed(chat, following, lambda e: isinstance(e, ToolFinished))
    assert following.attempt == 5
    chat.run_turn()(following)
    assert chat.now(turn).status is TurnStatus.COMPLETED


def test_a_lease_is_renewed_three_times_before_it_ends(chat: ChatFixture) -> None:
    periods: list[float] = []

    @contextmanager
    def beating(renew: Callable[[], bool], period_s: float) -> Iterator[None]:
        periods.append(period_s)
        chat.clock.advance(seconds=3)
        assert renew()
        assert chat.now(turn).leased_until == chat.clock.now() + LEASE
        yield

    turn = chat.start_turn()
    replace(chat.run_turn(), heartbeat=beating)(turn)
    assert periods == pytest.approx([LEASE.total_seconds() / 3])


def test_the_first_attempt_reads_no_steps_and_announces_no_other(chat: ChatFixture) -> None:
    turn = chat.start_turn()
    chat.run_turn()(turn)
    assert "turn_reassigned" not in chat.kinds(turn)
    assert chat.agent.done == [()]


def test_a_process_renews_its_lease_while_the_agent_works() -> None:
    chat = ChatFixture(lease=timedelta(seconds=0.15))
    turn = chat.start_turn()
    leases: list[object] = []

    def pause(event: AgentEvent) -> None:
        if isinstance(event, ToolFinished):
            time.sleep(0.2)
            chat.clock.advance(seconds=1)
            time.sleep(0.2)
            leases.append(chat.reclaim.one(chat.now(turn)))

    chat.agent.pause = pause
    chat.run_turn()(turn)
    assert leases == [None, None]
    assert chat.now(turn).attempt == 1


def test_a_cancelled_turn_ends_and_its_process_stops(chat: ChatFixture) -> None:
    turn = chat.start_turn()

    def pause(event: AgentEvent) -> None:
        if isinstance(event, ToolFinished) and event.run.call.tool_call_id == "call-2":
            chat.cancel("mine", turn.session_id, turn.turn_id)

    chat.agent.pause = pause
    chat.run_turn()(turn)
    assert (chat.agent.closed, chat.now(turn).status) == (1, TurnStatus.CANCELLED)
    assert chat.events(turn)[-1].event == TurnEnded(status=TurnStatus.CANCELLED)
    assert chat.kinds(turn).count("turn_ended") == 1
    assert chat.cancel("mine", turn.session_id, turn.turn_id) == chat.now(turn)


def test_the_process_of_a_turn_whose_session_is_deleted_stops(chat: ChatFixture) -> None:
    turn = chat.start_turn()

    def pause(event: AgentEvent) -> None:
        if isinstance(event, ToolFinished):
            chat.manage.delete("mine", turn.session_id)

    chat.agent.pause = pause
    chat.run_turn()(turn)
    assert (chat.events(turn), chat.chats.steps(turn.turn_id)) == ([], [])
    used = total(chat.usage.read("mine", turn.created_at.date(), turn.created_at.date()))
    assert (used.turns, used.input_tokens) == (1, 0)


def test_tokens_are_settled_once_and_the_reservation_is_released(chat: ChatFixture) -> None:
    session = chat.session()
    for _ in range(40):
        chat.run_turn()(chat.start_turn(session))
    used = total(chat.usage.read("mine", chat.clock.now().date(), chat.clock.now().date()))
    assert (used.turns, used.input_tokens, used.output_tokens) == (40, 4000, 800)


def test_a_process_that_dies_before_the_end_of_its_turn_is_stored_leaves_it_paid_for(
    chat: ChatFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, turn = chat.chats.append, chat.start_turn()

    def die(event: StoredEvent, *given: Any) -> bool:
        if isinstance(event.event, TurnEnded):
            raise Killed
        return append(event, *given)

    with monkeypatch.context() as dying_store:
        dying_store.setattr(chat.chats, "append", die)
        with pytest.raises(Killed):
            chat.run_turn()(turn)
    today = turn.created_at.date()
    assert total(chat.usage.read("mine", today, today)).input_tokens == 100
    chat.clock.advance(seconds=LEASE.total_seconds())
    following = chat.reclaim.one(chat.now(turn))
    assert following is not None
    chat.run_turn()(following)
    assert chat.now(turn).status is TurnStatus.COMPLETED
    assert total(chat.usage.read("mine", today, today)).input_tokens == 100


def test_a_turn_is_settled_on_the_day_of_its_question(chat: ChatFixture) -> None:
    turn, today = chat.start_turn(), chat.clock.now().date()
    chat.clock.advance(hours=13)
    chat.run_turn()(turn)
    assert total(chat.usage.read("mine", today, today)).input_tokens == 100
    assert (chat.usage.reserved_tokens["mine", today], len(chat.usage.tokens)) == (120, 1)


def test_a_turn_that_is_cancelled_while_its_process_reads_it_gets_no_event_after_its_end(
    chat: ChatFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = chat.start_turn()

    def cancelled_after(read: Callable[..., Any]) -> Callable[..., Any]:
        def cancelling(*given: Any) -> Any:
            result = read(*given)
            monkeypatch.undo()
            chat.cancel.end(turn)
            return result

        return cancelling

    for name in ("last_sequence", "get_turn"):
        monkeypatch.setattr(chat.chats, name, cancelled_after(getattr(chat.chats, name)))
    chat.run_turn()(turn)
    assert chat.kinds(turn) == ["turn_started", "turn_ended"]
    assert chat.now(turn).status is TurnStatus.CANCELLED


def test_a_failed_turn_costs_the_tokens_its_model_has_used(chat: ChatFixture) -> None:
    class BreakingAgent(ScriptedAgent):
        def _script(self, runs: list[ToolRun]) -> Iterator[AgentEvent]:
            yield TokensSpent(stats=AgentStats(model="scripted", input_tokens=40, output_tokens=10))
            yield TokensSpent(stats=AgentStats(model="scripted", input_tokens=70, output_tokens=30))
            raise Unavailable("down")

    turn = chat.start_turn()
    chat.run_turn(BreakingAgent())(turn)
    used = total(chat.usage.read("mine", turn.created_at.date(), turn.created_at.date()))
    assert chat.now(turn).status is TurnStatus.FAILED
    assert (used.turns, used.input_tokens, used.output_tokens) == (1, 70, 30)


def test_a_turn_that_was_cancelled_before_its_process_began_stays_cancelled(chat: ChatFixture) -> None:
    turn = chat.start_turn()
    chat.cancel("mine", turn.session_id, turn.turn_id)
    chat.run_turn()(turn)
    chat.run_turn().fail_unexpectedly(turn)
    assert chat.kinds(turn) == ["turn_started", "turn_ended"]
    assert (chat.now(turn).status, chat.agent.tasks) == (TurnStatus.CANCELLED, [])


def test_a_turn_that_has_completed_meanwhile_is_not_cancelled(chat: ChatFixture) -> None:
    turn = chat.start_turn()
    chat.run_turn()(turn)
    assert chat.cancel.end(turn) == chat.now(turn)
    assert chat.kinds(turn).count("turn_ended") == 1
    assert chat.now(turn).status is TurnStatus.COMPLETED
