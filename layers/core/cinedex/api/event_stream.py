"""The log of events as server-sent events: those after a position, then each new one, for a bounded time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from time import monotonic

from starlette.concurrency import run_in_threadpool

from cinedex.api.turn_stream import HEADERS, EventStream
from cinedex.events.event_log import LoggedEvent
from cinedex.events.follow_events import CONNECTION_S_MAX
from cinedex.events.read_events import EventFilter, ReadEvents

HEARTBEAT_S = 15.0
POLL_S_MIN, POLL_S_MAX = 0.5, 2.0
RETRY_MS = 1000


@dataclass(frozen=True)
class EventFeed:
    """`close` is called when the connection ends. `render` makes the JSON of an event, on one line."""

    read: ReadEvents
    account_id: str
    selected: EventFilter
    render: Callable[[LoggedEvent], str]
    close: Callable[[], None]
    seconds_max: float = CONNECTION_S_MAX

    def response(self, after: int, until: int | None) -> EventStream:
        """Until a position, or, if it is None, for `seconds_max`."""
        return EventStream(self._frames(after, until), headers=HEADERS)

    async def _frames(self, after: int, until: int | None) -> AsyncGenerator[str, None]:
        sent_at, sent, poll_s, ends_at = monotonic(), after, POLL_S_MIN, monotonic() + self.seconds_max
        try:
            yield f"retry: {RETRY_MS}\n\n"
            while True:
                batch = await run_in_threadpool(self.read.next, self.account_id, after, self.selected)
                for entry in batch.events:
                    yield self._frame(entry)
                    sent, sent_at = entry.sequence, monotonic()
                poll_s = POLL_S_MIN if batch.position > after else min(POLL_S_MAX, poll_s * 1.5)
                is_over = batch.position >= until if until is not None else monotonic() >= ends_at
                idle = batch.position == after
                after = batch.position
                if is_over or monotonic() - sent_at >= HEARTBEAT_S:
                    yield _position(after, sent)
                    sent, sent_at = after, monotonic()
                if is_over:
                    return
                if idle:
                    await asyncio.sleep(poll_s)
        finally:
            self.close()

    def _frame(self, entry: LoggedEvent) -> str:
        return f"id: {entry.sequence}\nevent: {entry.event.event_type}\ndata: {self.render(entry)}\n\n"


def _position(read: int, sent: int) -> str:
    """A heartbeat. An id without data is no event for a client, but where it continues: it need not read again what
    its filter does not select.
    """
    return f"id: {read}\n\n" if read > sent else ": ping\n\n"
