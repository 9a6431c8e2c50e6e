"""Saves the emulator's state while it changes, so that SIGKILL loses nothing older than two seconds."""

from __future__ import annotations

import logging
import threading
import time
from importlib import import_module

from local.emulator.write_tracker import WriteTracker

INTERVAL_S = 0.5
# Work that a request sets off (deliveries, state transitions) goes on for a while after its answer.
AFTERMATH_S = 3.0

logger = logging.getLogger("local.autosave")


class Autosave:
    """A daemon thread: it must never keep the emulator from ending, which saves once more on its own."""

    def __init__(self, traffic: WriteTracker) -> None:
        self._traffic = traffic
        self._app = import_module("ministack.app")
        self._executions = import_module("ministack.services.stepfunctions")._executions

    def start(self) -> None:
        threading.Thread(target=self._run, name="autosave", daemon=True).start()

    def _run(self) -> None:
        while True:
            started = time.monotonic()
            if self._may_have_changed(started):
                self._save()
            # A large library takes longer to encode: leave at least as much time for requests.
            time.sleep(max(INTERVAL_S, time.monotonic() - started))

    def _may_have_changed(self, now: float) -> bool:
        return now - self._traffic.changed_at < AFTERMATH_S or self._is_executing()

    def _is_executing(self) -> bool:
        return any(execution.get("status") == "RUNNING" for execution in list(self._executions.all_values()))

    def _save(self) -> None:
        try:
            self._app.save_all(self._app._build_persistence_save_dict())
        except Exception:
            # The outermost loop of this thread: a full disk must be seen in the log, and tried again.
            logger.exception("the state could not be saved")
