"""The log of a turn as a stream: events so far, new events, and comments while there are none."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from contextlib import aclosing

import pytest
from cinedex.adapters.threads.turn_executor import ThreadTurnExecutor
from cinedex.adapters.threads.turn_notifier import TurnNotifier
from cinedex.api import turn_stream
from cinedex.api.turn_stream import EventStream, TurnStream, sequence_of
from cinedex.api.videovector.turn_events import VideoVectorRenderer, resumed
from cinedex.chat.domain.session import Turn
from cinedex.kernel.errors import InvalidInput

from tests.support.chat_fixture import ChatFixture
from tests.support.turns import LEASE


def stream_of(chat: ChatFixture) -> TurnStream:
    chat.executor = ThreadTurnExecutor(chat.run_turn)
    return TurnStream(chat.read, chat.executor, TurnNotifier(), VideoVectorRenderer())


async def read(
    chat: ChatFixture,
    turn: Turn,
    until: Callable[[str], bool] = lambda _frame: False,
    after: int = 0,
    again: bool = False,
) -> list[str]:
    """Frames to the end of the stream, or to the first for which `until` is true."""
    frames = []
    first = resumed(turn) if again else None
    response = stream_of(chat).response(turn, after=after, first=first)
    assert isinstance(response, EventStream)
    async with aclosing(response.body_iterator) as parts:
        async for part in parts:
            frames.append(part if isinstance(part, str) else bytes(part).decode())
            if until(frames[-1]):
                break
    return frames


def run(reading: Coroutine[None, None, list[str]]) -> list[str]:
    async def limited() -> list[str]:
        return await asyncio.wait_for(reading, 10)

    loop = asyncio.new_event_loop()  # unlike `asyncio.run`, it leaves the thread's own loop as it is
    try:
        return loop.run_until_complete(limited())
    finally:
        loop.close()


def test_a_frame_has_an_id_a_name_and_one_line_of_json(chat: ChatFixture) -> None:
    turn = chat.start_turn(message="One\nline?\r\u2028\x85")
    chat.run_turn()(turn)
    frames = run(read(chat, turn))
    assert json.loads(frames[0].splitlines()[2].removeprefix("data: "))["user_message"]["content"] == turn.message
    for number, frame in enumerate(frames, start=1):
        lines = [*frame.splitlines(), ""]
        assert (lines[0], lines[1][:7], lines[2][:6], lines[3:]) == (f"id: {number}", "event: ", "data: ", ["", ""])


def test_a_reader_that_has_every_event_gets_none_again(chat: ChatFixture) -> None:
    turn = chat.start_turn()
    chat.run_turn()(turn)
    frames = run(read(chat, turn))
    assert stream_of(chat).response(chat.now(turn), after=len(frames)).status_code == 204
    again = run(read(chat, chat.now(turn), after=len(frames) - 1, again=True))
    assert again[0].startswith("event: turn_resumed\n")
    assert again[1:] == frames[-1:]


@pytest.mark.parametrize("ended", [False, True], ids=["running", "ended"])
@pytest.mark.parametrize("beyond", [1, 9_999_999])
def test_a_position_beyond_the_log_is_refused(chat: ChatFixture, ended: bool, beyond: int) -> None:
    turn = chat.start_turn()
    if ended:
        chat.run_turn()(turn)
    last = chat.chats.last_sequence(turn.turn_id)
    with pytest.raises(InvalidInput, match=f"Last-Event-ID is {last + beyond}, but the last event is {last}"):
        run(read(chat, chat.now(turn), after=last + beyond))


def test_the_stream_of_a_reader_at_the_end_of_a_turn_that_has_just_ended_ends(
    chat: ChatFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn_stream, "ORPHAN_CHECK_S", 0.0)
    turn = chat.start_turn()
    chat.run_turn()(turn)
    frames = run(read(chat, turn, after=chat.chats.last_sequence(turn.turn_id)))  # `turn` was read before it ended
    assert frames == []


def test_comments_are_sent_while_there_are_no_events(chat: ChatFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn_stream, "KEEPALIVE_S", 0.2)
    frames = run(read(chat, chat.start_turn(), until=lambda frame: frame.startswith(":")))
    assert frames[-1] == ": ping\n\n"


def test_comments_come_before_a_proxy_closes_a_stream_that_sends_nothing() -> None:
    """Load balancers and reverse proxies close a connection after 60 seconds without data, some after 30."""
    assert turn_stream.KEEPALIVE_S <= 20


def test_the_stream_continues_a_turn_whose_process_has_died(chat: ChatFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn_stream, "ORPHAN_CHECK_S", 0.0)
    monkeypatch.setattr(turn_stream, "POLL_LOCAL_TURN_S", 0.01)
    turn = chat.start_turn()
    chat.clock.advance(seconds=LEASE.total_seconds())
    frames = run(read(chat, turn, again=True))
    assert "event: turn_completed\n" in frames[-1]
    assert sum('"state":"resuming"' in frame for frame in frames) == 1


def test_the_stream_of_a_turn_that_was_deleted_ends(chat: ChatFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn_stream, "ORPHAN_CHECK_S", 0.0)
    turn = chat.start_turn()
    chat.manage.delete("mine", turn.session_id)
    (frame,) = run(read(chat, turn))
    assert frame.startswith("event: error\n")
    assert "resource_chat_turn_not_found" in frame


@pytest.mark.parametrize(
    ("given", "sequence"), [(None, None), ("", None), ("0", 0), ("7", 7), (" 12 ", 12), ("9999999", 9_999_999)]
)
def test_an_id_of_an_event_is_a_position_in_the_log(given: str | None, sequence: int | None) -> None:
    assert sequence_of(given) == sequence


@pytest.mark.parametrize("given", ["-1", "x", "\u0663", "9" * 40, "1.5", "1, 2"])
def test_what_is_no_id_of_an_event_is_refused(given: str) -> None:
    with pytest.raises(InvalidInput, match="Last-Event-ID must be the id of an event"):
        sequence_of(given)
