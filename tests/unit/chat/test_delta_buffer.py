"""Pieces of an answer are written a few at a time, so that no client waits and the store is not flooded."""

from __future__ import annotations

import pytest
from cinedex.chat.domain.turn_log import AnswerAppended
from cinedex.chat.usecases.delta_buffer import DeltaBuffer
from cinedex.chat.usecases.turn_writer import TurnWriter

from tests.support.chat_fixture import ChatFixture


def written_after(chat: ChatFixture, pause_s: float) -> list[tuple[int, str]]:
    """Offsets and texts after three pieces with this pause between them."""
    turn = chat.start_turn()
    buffer = DeltaBuffer(TurnWriter(turn, chat.chats, chat.notified.append, 1), chat.clock)
    for text in ("Tea", " and", " ginger"):
        buffer.add(text)
        chat.clock.slept_s.append(pause_s)  # advances the monotonic clock
    return [(e.event.offset, e.event.text) for e in chat.events(turn) if isinstance(e.event, AnswerAppended)]


def test_the_first_piece_is_written_at_once_and_the_next_ones_together(chat: ChatFixture) -> None:
    assert written_after(chat, 0.0) == [(0, "Tea")]


@pytest.mark.parametrize(
    ("pause_s", "written"),
    [
        (0.085, [(0, "Tea"), (3, " and"), (7, " ginger")]),
        (0.075, [(0, "Tea"), (3, " and ginger")]),
        (0.03, [(0, "Tea")]),
    ],
)
def test_pieces_are_written_80_ms_after_those_before(
    chat: ChatFixture, pause_s: float, written: list[tuple[int, str]]
) -> None:
    assert written_after(chat, pause_s) == written


def test_what_is_left_is_written_at_the_end_and_nothing_twice(chat: ChatFixture) -> None:
    turn = chat.start_turn()
    buffer = DeltaBuffer(TurnWriter(turn, chat.chats, chat.notified.append, 1), chat.clock)
    buffer.flush()
    for text in ("Tea", " and", ""):
        buffer.add(text)
    buffer.flush()
    buffer.flush()
    events = [stored.event for stored in chat.events(turn)[1:]]
    assert events == [AnswerAppended(text="Tea", offset=0), AnswerAppended(text=" and", offset=3)]
