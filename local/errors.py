"""What can keep the local stack from running, each with the sentence a person needs and an exit code.

Codes below 10 mean what they mean of any deployment (see clients/python/cinedex_client/errors.py); those of this
machine begin at 13.

LocalStackError        1  something is broken
├── NoStack            3  no stack runs with this home folder
├── NotReady           5  something else must happen first
├── PortInUse         13  another program listens there
├── AlreadyRunning    14  this home folder has a running stack
├── HomeUnusable      18  the home folder cannot be made or written
├── StateDamaged      15  the data folder cannot be read and no earlier copy exists
├── ChildFailed       16  a part of the stack did not come up
└── DeployFailed      17  template.yaml could not be deployed
"""

from __future__ import annotations

from pathlib import Path


class LocalStackError(Exception):
    """`message` says what is wrong, `mend` what to do about it."""

    exit_code = 1

    def __init__(self, message: str, *, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend


class NoStack(LocalStackError):
    exit_code = 3

    def __init__(self, home: Path) -> None:
        super().__init__(f"No stack runs with the data in {home}.", mend="Start one: cinedex up")


class NotReady(LocalStackError):
    exit_code = 5


class PortInUse(LocalStackError):
    exit_code = 13

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} on 127.0.0.1 is in use by another program.",
            mend=f"Stop that program, or choose a free port: CINEDEX_PORT={port + 1} cinedex up",
        )


class AlreadyRunning(LocalStackError):
    exit_code = 14


class HomeUnusable(LocalStackError):
    exit_code = 18

    def __init__(self, home: Path, reason: str) -> None:
        super().__init__(
            f"The folder {home} cannot be used: {reason}.",
            mend="Name another one: CINEDEX_HOME=/a/folder cinedex up",
        )


class StateDamaged(LocalStackError):
    exit_code = 15


class ChildFailed(LocalStackError):
    exit_code = 16


class DeployFailed(LocalStackError):
    exit_code = 17
