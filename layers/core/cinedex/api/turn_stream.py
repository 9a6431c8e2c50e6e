"""The log of a turn as server-sent events: the events so far, then each new one, until the turn has ended.

This is the only streaming path. Each API brings a `TurnRenderer`, which writes domain events in its own format.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from time import monotonic
from typing import Annotated, Any, NamedTuple, Protocol

from fastapi import Header, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT
from starlette.concurrency import run_in_threadpool
from starlette.types import Send

from cinedex.adapters.threads.turn_notifier import TurnNotifier
from cinedex.chat.domain.session import Turn
from cinedex.chat.domain.turn_log import TurnUpdate
from cinedex.chat.ports.turn_executor import TurnExecutor
from cinedex.chat.usecases.read_turn_events import ReadTurnEvents
from cinedex.kernel.errors import InvalidInput, NotFound

KEEPALIVE_S = 15.0
POLL_S_MIN, POLL_S_MAX = 0.05, 0.5
POLL_LOCAL_TURN_S = 2.0  # the notifier reports the events of a turn that runs in this process
ORPHAN_CHECK_S = 1.0
LAST_EVENT_ID = "Last-Event-ID"
DIGITS_MAX = 15
LastEventId = Annotated[
    str | None, Header(description="Extension: the id of the last event that was received; the events after it follow.")
]
NO_MORE_EVENTS: dict[int | str, dict[str, Any]] = {204: {"description": "There are no more events."}}
"""A response of every route that continues a stream; it stops an EventSource from reconnecting."""
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


class EventStream(StreamingResponse):
    """FastAPI expects a generator of a route whose class is its own `EventSourceResponse`.

    Its generator is closed as soon as the client has gone or wanted the headers only, and not by the garbage collector.
    """

    media_type = "text/event-stream"

    async def stream_response(self, send: Send) -> None:
        try:
            await super().stream_response(send)
        finally:
            if isinstance(self.body_iterator, AsyncGenerator):
                await self.body_iterator.aclose()


class WireEvent(NamedTuple):
    """`data` is JSON on one line."""

    name: str
    data: str


class TurnRenderer(Protocol):
    """Writes the events of a turn in the format of one API. None for an event that this API does not send."""

    def render(self, turn: Turn, update: TurnUpdate) -> WireEvent | None: ...

    def deleted(self, turn: Turn) -> WireEvent:
        """What ends the stream of a turn that was deleted."""


@dataclass(frozen=True)
class TurnStream:
    read: ReadTurnEvents
    executor: TurnExecutor
    notifier: TurnNotifier
    renderer: TurnRenderer

    def response(self, turn: Turn, *, after: int = 0, first: WireEvent | None = None) -> Response:
        """`first` is sent before the events of the log. 204 if the turn has ended and the client has its last event.

        Raises `InvalidInput` if `after` is beyond the log.
        """
        if after > 0 or turn.status.is_final:
            last = self.read.last_sequence(turn)
            _require_position(after, last)
            if turn.status.is_final and after == last:
                return Response(status_code=204)
        return EventStream(self._frames(turn, after, first), headers=HEADERS)

    async def _frames(self, turn: Turn, after: int, first: WireEvent | None) -> AsyncGenerator[str | bytes, None]:
        if first is not None:
            yield frame(first)
        sent_at = monotonic()
        async with aclosing(self._events(turn, after)) as parts:  # ends with its reader, not when it is collected
            async for part in parts:
                if part is not None:
                    yield part
                    sent_at = monotonic()
                elif monotonic() - sent_at >= KEEPALIVE_S:
                    yield KEEPALIVE_COMMENT
                    sent_at = monotonic()

    async def _events(self, turn: Turn, after: int) -> AsyncGenerator[str | None, None]:
        """Frames, and None after each look at the log."""
        poll_s, checked_at = POLL_S_MIN, monotonic()
        with self.notifier.subscribe(turn.turn_id) as notified:
            while True:
                notified.clear()
                try:
                    updates = await run_in_threadpool(self.read, turn, after)
                    if not updates and monotonic() - checked_at >= ORPHAN_CHECK_S:
                        checked_at = monotonic()
                        ended = await run_in_threadpool(self.read.reclaim_if_orphaned, turn)
                        if ended and after >= await run_in_threadpool(self.read.last_sequence, turn):
                            return  # it ended since it was read, and the client has its last event
                except NotFound:
                    yield frame(self.renderer.deleted(turn))
                    return
                for part in self._rendered(turn, updates):
                    yield part
                if updates:
                    after, poll_s = updates[-1].stored.sequence, POLL_S_MIN
                    if updates[-1].stored.ends_turn:
                        return
                yield None
                await self._pause(turn, notified, poll_s)
                poll_s = min(POLL_S_MAX, poll_s * 1.5)

    def _rendered(self, turn: Turn, updates: Sequence[TurnUpdate]) -> Sequence[str]:
        events = ((update.stored.sequence, self.renderer.render(turn, update)) for update in updates)
        return [frame(event, sequence) for sequence, event in events if event is not None]

    async def _pause(self, turn: Turn, notified: asyncio.Event, poll_s: float) -> None:
        local = self.executor.is_running(turn.turn_id)
        try:
            await asyncio.wait_for(notified.wait(), POLL_LOCAL_TURN_S if local else poll_s)
        except TimeoutError:
            return


def frame(event: WireEvent, sequence: int | None = None) -> str:
    """`id` first, as in all recorded streams; `fastapi.sse.format_sse_event` writes it last.

    Only events of the log have an id, so that `Last-Event-ID` always names a position in the log.
    """
    event_id = "" if sequence is None else f"id: {sequence}\n"
    return f"{event_id}event: {event.name}\ndata: {event.data}\n\n"


def sequence_of(last_event_id: str | None) -> int | None:
    """None without an id. 0 continues a turn from its first event. Raises `InvalidInput` for what is no id."""
    text = (last_event_id or "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX):
        raise InvalidInput("Last-Event-ID must be the id of an event, which is a number.", field=LAST_EVENT_ID)
    return int(text)


def resumable(turn: Turn | None) -> Turn:
    """Raises `InvalidInput` for a request with `Last-Event-ID` that continues no stream: it must not start a turn."""
    if turn is None:
        message = (
            "Last-Event-ID continues the stream of a turn that a request with the same idempotency key has started, and"
            " there is no such turn. Leave it out to start one."
        )
        raise InvalidInput(message, field=LAST_EVENT_ID)
    return turn


def _require_position(sequence: int, last: int) -> None:
    """Raises `InvalidInput` for the id of an event that the turn does not have."""
    if sequence > last:
        raise InvalidInput(f"Last-Event-ID is {sequence}, but the last event is {last}.", field=LAST_EVENT_ID)
