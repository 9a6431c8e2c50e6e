"""A request waits for the end of its turn, continues it if its process has died, and gives up in time."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from cinedex.chat.domain.session import TurnStatus
from cinedex.chat.usecases.await_turn import AwaitTurn
from cinedex.kernel.errors import NotFound

from tests.support.chat_fixture import ChatFixture
from tests.support.turns import LEASE, RecordingExecutor


@dataclass
class WaitingExecutor(RecordingExecutor):
    """Records how long it is asked to wait."""

    waits_s: list[float] = field(default_factory=list)

    def wait(self, turn_id: str, timeout_s: float) -> None:
        self.waits_s.append(timeout_s)


@pytest.fixture
def executor() -> WaitingExecutor:
    return WaitingExecutor()


@pytest.fixture
def waiting(executor: WaitingExecutor) -> ChatFixture:
    return ChatFixture(executor=executor)


def awaited(chat: ChatFixture) -> AwaitTurn:
    return AwaitTurn(chat.chats, chat.executor, chat.reclaim, chat.clock)


def test_a_turn_that_has_ended_is_returned_at_once(waiting: ChatFixture) -> None:
    turn = waiting.start_turn()
    waiting.run_turn()(turn)
    assert awaited(waiting)(turn, 5).status is TurnStatus.COMPLETED
    assert waiting.clock.slept_s == []


def test_a_turn_that_runs_elsewhere_is_read_five_times_a_second_until_the_time_is_up(
    waiting: ChatFixture, executor: WaitingExecutor
) -> None:
    turn = waiting.start_turn()
    assert awaited(waiting)(turn, 1).status is TurnStatus.RUNNING
    assert waiting.clock.slept_s == [0.2] * 5
    assert executor.waits_s == pytest.approx([1.0, 0.8, 0.6, 0.4, 0.2, 0.0], abs=1e-6)


def test_a_request_that_does_not_wait_gets_the_turn_as_it_is(waiting: ChatFixture, executor: WaitingExecutor) -> None:
    turn = waiting.start_turn()
    assert awaited(waiting)(turn, 0) == turn
    assert (waiting.clock.slept_s, executor.waits_s) == ([], [0.0])


def test_a_wait_is_never_negative(waiting: ChatFixture, executor: WaitingExecutor) -> None:
    awaited(waiting)(waiting.start_turn(), -3)
    assert executor.waits_s == [0.0]


def test_a_turn_whose_process_has_died_is_continued_without_a_pause(
    waiting: ChatFixture, executor: WaitingExecutor
) -> None:
    turn = waiting.start_turn()
    waiting.clock.advance(seconds=LEASE.total_seconds())
    assert awaited(waiting)(turn, 0.2).attempt == 2
    assert [started.attempt for started in executor.started] == [1, 2]
    assert waiting.clock.slept_s == [0.2]


def test_a_turn_that_is_deleted_meanwhile_is_not_found(waiting: ChatFixture) -> None:
    turn = waiting.start_turn()
    waiting.manage.delete("mine", turn.session_id)
    with pytest.raises(NotFound):
        awaited(waiting)(turn, 1)
