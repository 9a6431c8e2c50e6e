"""One shell in which the snippets of a page run one after the other, as in the terminal of who reads it."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

END = "\x04 end of the snippet"


class TerminalClosed(AssertionError):
    """A command of a snippet has failed."""


class Terminal:
    """A POSIX shell with `set -eu`; variables and functions live on until it is closed."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._told = tempfile.TemporaryFile("w+")  # noqa: SIM115  it lives as long as the shell
        self._shell = subprocess.Popen(
            ["sh", "-eu"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._told,
            text=True,
        )

    def run(self, snippet: str) -> str:
        """What the snippet printed on standard output; raises `TerminalClosed` when a command failed."""
        assert self._shell.stdin is not None
        assert self._shell.stdout is not None
        self._shell.stdin.write(f"{snippet}\nprintf '\\n%s\\n' '{END}'\n")
        self._shell.stdin.flush()
        printed: list[str] = []
        for line in self._shell.stdout:
            if line.rstrip("\n") == END:
                return "".join(printed).strip()
            printed.append(line)
        raise TerminalClosed(f"{snippet}\n\nprinted:\n{''.join(printed)}\ntold:\n{self._errors()}")

    def close(self) -> None:
        self._shell.communicate()
        self._told.close()

    def _errors(self) -> str:
        self._shell.wait()
        self._told.seek(0)
        return self._told.read()
