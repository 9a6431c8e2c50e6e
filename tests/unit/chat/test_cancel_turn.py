"""A turn is cancelled between two of its events, however fast its process writes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cinedex.chat.domain.session import TurnStatus
from cinedex.chat.usecases.turn_writer import TurnWriter
from cinedex.kernel import retry
from cinedex.kernel.errors import NotFound, StaleRevision
from cinedex.usage.operations import total

from tests.support.chat_fixture import ChatFixture
from tests.support.turns import event


def test_a_turn_that_writes_before_each_attempt_is_given_up_after_fifty_brief_pauses(
    chat: ChatFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn, last_sequence, reads = chat.start_turn(), chat.chats.last_sequence, list[int]()

    def overtaken(turn_id: str) -> int:
        sequence = last_sequence(turn_id)
        assert chat.chats.append(event(turn, sequence + 1))
        reads.append(sequence)
        return sequence

    monkeypatch.setattr(chat.chats, "last_sequence", overtaken)
    monkeypatch.setattr(retry.random, "uniform", lambda _low, high: high)
    with pytest.raises(StaleRevision, match="still producing events"):
        chat.cancel.end(turn)
    assert len(reads) == 50
    assert chat.clock.slept_s == pytest.approx([0.001, 0.002, 0.004, 0.008, *[0.01] * 45])
    assert chat.now(turn).status is TurnStatus.RUNNING


def test_a_turn_whose_next_event_comes_first_is_cancelled_behind_it(
    chat: ChatFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn, append = chat.start_turn(), chat.chats.append

    def overtake(*given: Any) -> bool:
        monkeypatch.setattr(chat.chats, "append", append)
        TurnWriter(turn, chat.chats, chat.notified.append, 1).write(event(turn, 2).event)
        return append(*given)

    monkeypatch.setattr(chat.chats, "append", overtake)
    assert chat.cancel("mine", turn.session_id, turn.turn_id) == chat.now(turn)
    assert chat.kinds(turn) == ["turn_started", "state_changed", "turn_ended"]


def test_a_turn_that_ends_while_its_cancellation_reads_it_stays_as_it_ended(
    chat: ChatFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its process is faster than the second of the two reads."""
    turn = chat.start_turn()

    def ends_after(read: Callable[..., Any]) -> Callable[..., Any]:
        def ending(*given: Any) -> Any:
            result = read(*given)
            monkeypatch.undo()
            if not chat.now(turn).status.is_final:
                chat.run_turn()(turn)
            return result

        return ending

    for name in ("last_sequence", "get_turn"):
        monkeypatch.setattr(chat.chats, name, ends_after(getattr(chat.chats, name)))
    assert chat.cancel.end(turn).status is TurnStatus.COMPLETED
    assert chat.kinds(turn).count("turn_ended") == 1


def test_a_cancelled_turn_returns_the_tokens_that_it_reserved_and_stays_counted(chat: ChatFixture) -> None:
    turn = chat.start_turn()
    today = chat.clock.now().date()
    assert chat.usage.reserved_tokens["mine", today] == 500
    chat.clock.advance(hours=13)  # the next day: the reservation belongs to the day of the question
    chat.cancel.end(turn)
    assert chat.usage.reserved_tokens["mine", today] == 0
    assert total(chat.usage.read("mine", today, chat.clock.now().date())).turns == 1


def test_a_turn_is_cancelled_by_its_own_account_only(chat: ChatFixture) -> None:
    turn = chat.start_turn()
    with pytest.raises(NotFound):
        chat.cancel("yours", turn.session_id, turn.turn_id)
    with pytest.raises(NotFound):
        chat.cancel("mine", chat.session().session_id, turn.turn_id)
    assert chat.now(turn).status is TurnStatus.RUNNING
