"""Notifies the readers of a turn in this process that its log has a new event."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock

Subscriber = tuple[asyncio.AbstractEventLoop, asyncio.Event]


class TurnNotifier:
    """A hint only: subscribers read the log, and also poll it, because other processes write it too."""

    def __init__(self) -> None:
        self._subscribers: dict[str, set[Subscriber]] = defaultdict(set)
        self._lock = Lock()

    def notify(self, turn_id: str) -> None:
        """From any thread."""
        with self._lock:
            subscribers = tuple(self._subscribers.get(turn_id, ()))
        for loop, notified in subscribers:
            with suppress(RuntimeError):  # the loop is closed, so it has no reader any more
                loop.call_soon_threadsafe(notified.set)

    @contextmanager
    def subscribe(self, turn_id: str) -> Iterator[asyncio.Event]:
        """An event that is set by each notification; the subscriber clears it."""
        subscriber = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._subscribers[turn_id].add(subscriber)
        try:
            yield subscriber[1]
        finally:
            with self._lock:
                self._subscribers[turn_id].discard(subscriber)
                if not self._subscribers[turn_id]:
                    del self._subscribers[turn_id]
