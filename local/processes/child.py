"""One process of the stack, in its own process group."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from local.errors import ChildFailed
from local.private_files import UMASK
from local.processes.orphans import MARK, kill_group
from local.settings import REPOSITORY

_POLL_S = 0.02


@dataclass(frozen=True)
class ChildSpec:
    """How a child is started and when it counts as up.

    Args:
        health_url: answers with any HTTP status once the child is up; without it, a living process counts as up.
        stop_grace_s: time between SIGTERM and SIGKILL.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    health_url: str | None = None
    start_limit_s: float = 60.0
    stop_grace_s: float = 10.0


class Child:
    """A started `ChildSpec`."""

    def __init__(self, spec: ChildSpec) -> None:
        self.spec = spec
        # Its own session: Ctrl-C reaches only the supervisor, and killing the group also kills grandchildren.
        with spec.log.open("ab") as log:
            self._process = subprocess.Popen(
                spec.command,
                env=dict(spec.environment),
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                umask=UMASK,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_status(self) -> int | None:
        """None while it runs; the negative signal number when a signal ended it."""
        return self._process.poll()

    def wait_until_healthy(self, cancelled: threading.Event | None = None) -> None:
        """Return when the child answers, or when `cancelled` is set.

        Raises:
            ChildFailed: it ended, or did not answer within its limit.
        """
        deadline = time.monotonic() + self.spec.start_limit_s
        while not (self._is_healthy() or (cancelled and cancelled.is_set())):
            if self.exit_status is not None:
                raise self._failed(f"ended during its start (status {self.exit_status})")
            if time.monotonic() > deadline:
                raise self._failed(f"did not answer within {self.spec.start_limit_s:.0f} s")
            time.sleep(_POLL_S)

    def terminate(self) -> None:
        """Send SIGTERM; does not wait."""
        if self.exit_status is None:
            self._process.terminate()

    def end(self) -> None:
        """Wait for its end, kill it after the grace period, and kill the rest of its process group."""
        try:
            self._process.wait(self.spec.stop_grace_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        kill_group(self.pid, self.spec.environment.get(MARK))

    def _is_healthy(self) -> bool:
        return self.spec.health_url is None or answers(self.spec.health_url)

    def _failed(self, problem: str) -> ChildFailed:
        return ChildFailed(f"The {self.spec.name} {problem}.", hint=f"Its log: {self.spec.log}")


def answers(url: str) -> bool:
    """Whether a server answers, with any status, even with a stream that does not end."""
    try:
        with httpx.stream("GET", url, timeout=2, trust_env=False):
            return True
    except httpx.TransportError:
        return False
