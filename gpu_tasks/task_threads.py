"""Threads of a worker, each of which processes one task after the other."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

from cinedex.observability import logger


def run_in_threads(receive_tasks: Callable[[], None], count: int) -> None:
    """Run `receive_tasks` in this thread and in `count - 1` others; returns when it has returned in this thread."""
    for number in range(1, count):
        threading.Thread(target=_receive, args=(receive_tasks,), name=f"tasks-{number}", daemon=True).start()
    receive_tasks()


def _receive(receive_tasks: Callable[[], None]) -> None:
    """An error ends the process, as one in the main thread does, and another worker is started."""
    try:
        receive_tasks()
    except Exception:
        logger.exception("a thread of the worker failed, and the worker exits")
        os._exit(1)
