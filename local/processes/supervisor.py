"""Starts the children in order, restarts a child that ends, and stops all of them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from local.errors import LocalStackError
from local.processes.child import Child, ChildSpec
from local.processes.orphans import MARK, new_mark
from local.processes.watchdog import start_watchdog

_WATCH_S = 0.1
_BACKOFF_S = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
# After running this long, a child is restarted without delay again.
_STABLE_AFTER_S = 60.0

logger = logging.getLogger(__name__)


class Supervised:
    """A child and the number of its restarts."""

    def __init__(self, spec: ChildSpec, restarted: Callable[[], None]) -> None:
        self.child = Child(spec)
        self.restarted = restarted
        self._restarts = 0
        self._started = time.monotonic()

    def delay_s(self) -> float:
        if time.monotonic() - self._started > _STABLE_AFTER_S:
            self._restarts = 0
        return _BACKOFF_S[min(self._restarts, len(_BACKOFF_S) - 1)]

    def restart(self) -> None:
        self.child.end()
        self.child = Child(self.child.spec)
        self._restarts += 1
        self._started = time.monotonic()


class Supervisor:
    """Owns every process of one stack; none outlives `stop`, nor the supervisor itself.

    The other children depend on the child that is started first, so it is stopped last.
    """

    def __init__(self, home: Path, log: Path) -> None:
        self._mark = new_mark(home)
        self._supervised: list[Supervised] = []
        self._stopping = threading.Event()
        self._watchdog = start_watchdog(self._mark, log)
        self._watcher = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def launch(self, spec: ChildSpec, restarted: Callable[[], None] = lambda: None) -> Child:
        """Start a child; `restarted` is called after each restart, when the child is up again."""
        marked = replace(spec, environment={**spec.environment, MARK: self._mark})
        supervised = Supervised(marked, restarted)
        self._supervised.append(supervised)
        return supervised.child

    def watch(self) -> None:
        """From now on, restart children that end."""
        self._watcher.start()

    def processes(self) -> dict[str, int]:
        """The process id of each child by its name."""
        return {supervised.child.spec.name: supervised.child.pid for supervised in self._supervised}

    def stop(self) -> None:
        """End all children and wait for their end."""
        self._stopping.set()
        if self._watcher.is_alive():
            self._watcher.join()
        _end([supervised.child for supervised in self._supervised[1:]])
        _end([supervised.child for supervised in self._supervised[:1]])
        self._watchdog.communicate()

    def _watch(self) -> None:
        while not self._stopping.wait(_WATCH_S):
            for supervised in self._supervised:
                if supervised.child.exit_status is not None:
                    self._restart(supervised)

    def _restart(self, supervised: Supervised) -> None:
        child, delay_s = supervised.child, supervised.delay_s()
        logger.warning("the %s ended (status %s); restart in %.1f s", child.spec.name, child.exit_status, delay_s)
        if self._stopping.wait(delay_s):
            return
        supervised.restart()
        try:
            supervised.child.wait_until_healthy(self._stopping)
            if not self._stopping.is_set():
                supervised.restarted()
        except LocalStackError as error:
            logger.error("%s %s", error.message, error.hint)


def _end(children: list[Child]) -> None:
    for child in children:
        child.terminate()
    for child in children:
        child.end()
