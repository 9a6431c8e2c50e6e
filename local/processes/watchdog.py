"""Ends the children when the supervisor itself was killed: run as `python -m local.processes.watchdog MARK`.

It holds the reading end of a pipe whose writing end only the supervisor has. The pipe closes with the
supervisor, however that ended; this works wherever there are pipes, unlike Linux's PR_SET_PDEATHSIG.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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
            # Out of reach of the Ctrl-C that the supervisor handles.
            start_new_session=True,
        )


def main() -> None:
    sys.stdin.buffer.read()
    end_marked(sys.argv[1])


if __name__ == "__main__":
    main()
