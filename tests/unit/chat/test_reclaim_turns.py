"""Turns without a process are continued: each once, the oldest first, and a limited number at a time."""

from __future__ import annotations

import pytest

from tests.support.chat_fixture import ChatFixture
from tests.support.turns import LEASE, RecordingExecutor


def started(chat: ChatFixture) -> list[tuple[str, int]]:
    assert isinstance(chat.executor, RecordingExecutor)
    return [(turn.turn_id, turn.attempt) for turn in chat.executor.started]


@pytest.mark.parametrize("turns_max", [1, 2, 3, 9])
def test_at_most_so_many_turns_are_continued_and_the_oldest_first(chat: ChatFixture, turns_max: int) -> None:
    turns = []
    for _ in range(3):
        turns.append(chat.start_turn())
        chat.clock.advance(seconds=1)
    chat.clock.advance(seconds=LEASE.total_seconds())
    oldest = [turn.turn_id for turn in turns[:turns_max]]
    assert [turn.turn_id for turn in chat.reclaim.all(turns_max)] == oldest
    assert started(chat)[3:] == [(turn_id, 2) for turn_id in oldest]


def test_turns_that_are_leased_or_have_ended_are_passed_over(chat: ChatFixture) -> None:
    ended, orphaned = chat.start_turn(), chat.start_turn()
    chat.run_turn()(ended)
    chat.clock.advance(seconds=LEASE.total_seconds() / 2)
    chat.start_turn()
    chat.clock.advance(seconds=LEASE.total_seconds() / 2)
    assert [turn.turn_id for turn in chat.reclaim.all(1)] == [orphaned.turn_id]


def test_a_turn_that_another_process_takes_first_is_not_started_here(
    chat: ChatFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = chat.start_turn()
    chat.clock.advance(seconds=LEASE.total_seconds())
    monkeypatch.setattr(chat.chats, "lease", lambda _turn, _now: False)
    assert (chat.reclaim.one(turn), chat.reclaim.all(9)) == (None, [])
    assert started(chat) == [(turn.turn_id, 1)]


def test_a_continued_turn_is_leased_as_long_as_a_new_one(chat: ChatFixture) -> None:
    turn = chat.start_turn()
    chat.clock.advance(seconds=LEASE.total_seconds())
    following = chat.reclaim.one(turn)
    assert following is not None
    assert following.leased_until == chat.clock.now() + LEASE == chat.now(turn).leased_until
