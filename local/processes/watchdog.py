"""Ends the children when the supervisor was killed: `python -m local.processes.watchdog MARK`.

It reads from a pipe whose writing end only the supervisor has. The kernel closes the pipe when the supervisor ends, for
whatever reason; this works on every Unix, unlike PR_SET_PDEATHSIG of Linux.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from local.private_files import UMASK
from local.processes.orphans import end_marked
from local.settings import REPOSITORY


def start_watchdog(mark: str, log: Path) -> subprocess.Popen[bytes]:
    """The caller keeps the returned process's `stdin` open for as long as the marked processes may live."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "local.processes.watchdog", mark],
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Ctrl-C in the terminal must reach only the supervisor.
            start_new_session=True,
            umask=UMASK,
        )


def main() -> None:
    sys.stdin.buffer.read()
    end_marked(sys.argv[1])


if __name__ == "__main__":
    main()
