"""`cinedex up` in its own process, which a test may kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
import pytest

from local.home import Home
from local.settings import REPOSITORY


class UpProcess:
    """Starts on entry and ends on exit."""

    def __init__(self, home: Path) -> None:
        self._home = Home(home)
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        environment = {
            **os.environ,
            "CINEDEX_HOME": str(self._home.root),
            "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY}/layers/core:{REPOSITORY}/clients/python",
        }
        command = [sys.executable, "-m", "cinedex_client.cli", "up", "--port", "0"]
        self._process = subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self._wait_until_up(self._process)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end(signal.SIGTERM)

    @property
    def url(self) -> str:
        return running.url if (running := self._home.running()) else ""

    @property
    def key(self) -> str:
        return self._home.api_key.read_text().strip()

    def end(self, how: signal.Signals) -> None:
        """SIGTERM goes to the program only; SIGKILL to the program and all of its children."""
        assert self._process is not None
        if self._process.poll() is not None:
            return
        victims = [psutil.Process(self._process.pid)]
        if how is signal.SIGKILL:
            victims += victims[0].children(recursive=True)
        for victim in victims:
            victim.send_signal(how)
        self._process.wait(60)

    def _wait_until_up(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        printed = ""
        for line in process.stdout:
            printed += line
            if "Ctrl-C stops" in line:
                return
        pytest.fail(f"it did not come up:\n{printed}")
