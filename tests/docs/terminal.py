"""One shell per page, in which its snippets run one after the other."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

END = "\x04 end of the snippet"


class TerminalClosed(AssertionError):
    """A command of a snippet has failed."""


class Terminal:
    """A POSIX shell with `set -eu`; variables and functions stay defined until it is closed."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._stderr = tempfile.TemporaryFile("w+")  # noqa: SIM115  the shell uses it until it is closed
        self._shell = subprocess.Popen(
            ["sh", "-eu"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            text=True,
        )

    def run(self, snippet: str) -> str:
        """The standard output of the snippet. Raises `TerminalClosed` when a command fails."""
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        self._shell.stdin.write(f"{snippet}\nprintf '\\n%s\\n' '{END}'\n")
        self._shell.stdin.flush()
        printed: list[str] = []
        for line in self._shell.stdout:
            if line.rstrip("\n") == END:
                return "".join(printed).strip()
            printed.append(line)
        raise TerminalClosed(f"{snippet}\n\nprinted:\n{''.join(printed)}\nstandard error:\n{self._errors()}")

    def close(self) -> None:
        self._shell.communicate()
        self._stderr.close()

    def _errors(self) -> str:
        self._shell.wait()
        self._stderr.seek(0)
        return self._stderr.read()
