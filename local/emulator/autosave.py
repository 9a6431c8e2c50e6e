"""Saves the state of the emulator while it changes.

The journal has what a client saw; an autosave keeps queues and executions, which a restart may repeat.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from importlib import import_module

from local.emulator.durability.checkpoint import Checkpoint
from local.emulator.write_tracker import WriteTracker

INTERVAL_S = 0.5
# Work that a request starts (deliveries, state transitions) continues for a while after its response.
SETTLE_S = 3.0

logger = logging.getLogger("local.autosave")


class Autosave:
    """A daemon thread, so that it never delays the exit of the emulator, which saves once more itself."""

    def __init__(self, writes: WriteTracker, checkpoint: Checkpoint) -> None:
        self._writes = writes
        self._checkpoint = checkpoint
        self._failed = False
        self._executions = import_module("ministack.services.stepfunctions")._executions

    def start(self) -> None:
        threading.Thread(target=self._run, name="autosave", daemon=True).start()

    def _run(self) -> None:
        while True:
            started = time.monotonic()
            if self._checkpoint.is_due():
                self._attempt(self._checkpoint.run)
            elif self._may_have_changed(started):
                self._attempt(self._checkpoint.save_small)
            # A large library takes longer to encode; requests get at least the same share of time.
            time.sleep(max(INTERVAL_S, time.monotonic() - started))

    def _may_have_changed(self, now: float) -> bool:
        return now - self._writes.changed_at < SETTLE_S or self._is_executing()

    def _is_executing(self) -> bool:
        return any(execution.get("status") == "RUNNING" for execution in list(self._executions.all_values()))

    def _attempt(self, save: Callable[[], None]) -> None:
        try:
            save()
            self._failed = False
        except Exception:
            # The outermost loop of this thread: an error such as a full disk is logged once, and saving is retried.
            if not self._failed:
                logger.exception("the state could not be saved; this is tried again until it succeeds")
            self._failed = True
