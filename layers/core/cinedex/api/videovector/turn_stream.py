"""The log of a turn as server-sent events: what is there, then what comes, until the turn has ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from time import monotonic

from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from cinedex.adapters.threads.turn_executor import TurnExecutor
from cinedex.adapters.threads.turn_notifier import TurnNotifier
from cinedex.api.videovector.turn_events import resumed, vanished
from cinedex.chat.domain.session import Turn
from cinedex.chat.domain.turn_log import StoredEvent, TurnEvent
from cinedex.chat.usecases.read_turn_events import ReadTurnEvents
from cinedex.kernel.errors import NotFound

HEARTBEAT_S = 15.0
LOOK_S_MIN, LOOK_S_MAX = 0.05, 0.5
LOOK_AT_HOME_S = 2.0  # the bell rings for what happens in this process
ORPHAN_LOOK_S = 1.0
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


@dataclass(frozen=True)
class TurnStream:
    follow: Callable[[], ReadTurnEvents]
    threads: TurnExecutor
    bell: TurnNotifier

    def response(self, turn: Turn, *, after: int = 0, again: bool = False) -> StreamingResponse:
        """`again`: the reader knows the turn, and is told so first. The end is told to everybody."""
        if turn.status.is_final:
            after = min(after, self.follow().last_sequence(turn) - 1)
        return StreamingResponse(self._frames(turn, after, again), media_type="text/event-stream", headers=HEADERS)

    async def _frames(self, turn: Turn, after: int, again: bool) -> AsyncGenerator[str, None]:
        if again:
            yield frame(resumed(turn))
        told_at = monotonic()
        async with aclosing(self._events(turn, after)) as events:  # ends with its reader, not when it is collected
            async for event in events:
                if event is not None:
                    yield frame(event)
                    told_at = monotonic()
                elif monotonic() - told_at >= HEARTBEAT_S:
                    yield ": ping\n\n"
                    told_at = monotonic()

    async def _events(self, turn: Turn, after: int) -> AsyncGenerator[TurnEvent | None, None]:
        """None for each look that found nothing."""
        look_s, looked_for_orphan = LOOK_S_MIN, monotonic()
        follow = self.follow()
        with self.bell.listening(turn.turn_id) as rung:
            while True:
                rung.clear()
                found = await run_in_threadpool(follow.events, turn, after)
                for event in found:
                    yield event
                    if event.name.is_terminal:
                        return
                    after = event.sequence
                if found:
                    look_s = LOOK_S_MIN
                elif monotonic() - looked_for_orphan >= ORPHAN_LOOK_S:
                    looked_for_orphan = monotonic()
                    if not await self._exists(follow, turn):
                        yield vanished(turn)
                        return
                yield None
                await self._pause(turn, rung, look_s)
                look_s = min(LOOK_S_MAX, look_s * 1.5)

    async def _pause(self, turn: Turn, rung: asyncio.Event, look_s: float) -> None:
        home = self.threads.is_running(turn.turn_id)
        try:
            await asyncio.wait_for(rung.wait(), LOOK_AT_HOME_S if home else look_s)
        except TimeoutError:
            return

    async def _exists(self, follow: ReadTurnEvents, turn: Turn) -> bool:
        """Takes the turn over when its process has died."""
        try:
            orphan = await run_in_threadpool(follow.orphaned, turn)
        except NotFound:
            return False
        if orphan is not None:
            self.threads.start(orphan)
        return True


def frame(told: TurnEvent) -> str:
    """Only what is in the log has an id: a reader that comes again names the last one it has seen."""
    number = f"id: {told.sequence}\n" if isinstance(told, StoredEvent) else ""
    return f"{number}event: {told.name.value}\ndata: {told.data}\n\n"


def sequence_of(last_event_id: str | None) -> int:
    """0 for none, and for what is no id of ours: then everything is told again."""
    given = (last_event_id or "").strip()
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 6 else 0
