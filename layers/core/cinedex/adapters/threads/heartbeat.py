"""Calls a function at intervals, in a thread of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread


@contextmanager
def thread_heartbeat(beat: Callable[[], bool], interval_s: float) -> Iterator[None]:
    """`Heartbeat`."""
    stopped = Event()

    def run() -> None:
        while not stopped.wait(interval_s):
            if not beat():
                return

    thread = Thread(target=run, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()
