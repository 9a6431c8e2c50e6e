"""Tells readers of a turn in this process that there is something new in its log."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock

Listener = tuple[asyncio.AbstractEventLoop, asyncio.Event]


class TurnNotifier:
    """Rung from any thread; who listens still has to look into the log, and to look now and then unbidden."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self._lock = Lock()

    def ring(self, turn_id: str) -> None:
        with self._lock:
            listeners = tuple(self._listeners.get(turn_id, ()))
        for loop, rung in listeners:
            with suppress(RuntimeError):  # its loop is closed: nobody reads there any more
                loop.call_soon_threadsafe(rung.set)

    @contextmanager
    def listening(self, turn_id: str) -> Iterator[asyncio.Event]:
        """An event that is set at each ring; the listener clears it."""
        listener = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._listeners[turn_id].add(listener)
        try:
            yield listener[1]
        finally:
            with self._lock:
                self._listeners[turn_id].discard(listener)
                if not self._listeners[turn_id]:
                    del self._listeners[turn_id]
