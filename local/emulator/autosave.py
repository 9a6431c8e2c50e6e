"""Saves the state of the emulator while it changes, so that SIGKILL loses at most two seconds."""

from __future__ import annotations

import logging
import threading
import time
from importlib import import_module

from local.emulator.write_tracker import WriteTracker

INTERVAL_S = 0.5
# Work that a request starts (deliveries, state transitions) continues for a while after its response.
SETTLE_S = 3.0

logger = logging.getLogger("local.autosave")


class Autosave:
    """A daemon thread, so that it never delays the exit of the emulator, which saves once more itself."""

    def __init__(self, writes: WriteTracker) -> None:
        self._writes = writes
        self._app = import_module("ministack.app")
        self._executions = import_module("ministack.services.stepfunctions")._executions

    def start(self) -> None:
        threading.Thread(target=self._run, name="autosave", daemon=True).start()

    def _run(self) -> None:
        while True:
            started = time.monotonic()
            if self._may_have_changed(started):
                self._save()
            # A large library takes longer to encode; requests get at least the same share of time.
            time.sleep(max(INTERVAL_S, time.monotonic() - started))

    def _may_have_changed(self, now: float) -> bool:
        return now - self._writes.changed_at < SETTLE_S or self._is_executing()

    def _is_executing(self) -> bool:
        return any(execution.get("status") == "RUNNING" for execution in list(self._executions.all_values()))

    def _save(self) -> None:
        try:
            self._app.save_all(self._app._build_persistence_save_dict())
        except Exception:
            # The outermost loop of this thread: an error such as a full disk is logged, and saving is retried.
            logger.exception("the state could not be saved")
