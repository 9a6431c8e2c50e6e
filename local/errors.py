"""What can keep the local stack from running, each with the sentence a person needs and an exit code.

LocalStackError        1  something is broken
├── PortInUse          3  another program listens there
├── AlreadyRunning     4  this home folder has a running stack
├── StateDamaged       5  the data folder cannot be read and no earlier copy exists
├── ChildFailed        6  a part of the stack did not come up
└── DeployFailed       7  template.yaml could not be deployed
"""

from __future__ import annotations


class LocalStackError(Exception):
    """`message` says what is wrong, `mend` what to do about it."""

    exit_code = 1

    def __init__(self, message: str, *, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend


class PortInUse(LocalStackError):
    exit_code = 3

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} on 127.0.0.1 is in use by another program.",
            mend=f"Stop that program, or choose a free port: CINEDEX_PORT={port + 1} cinedex up",
        )


class AlreadyRunning(LocalStackError):
    exit_code = 4


class StateDamaged(LocalStackError):
    exit_code = 5


class ChildFailed(LocalStackError):
    exit_code = 6


class DeployFailed(LocalStackError):
    exit_code = 7
