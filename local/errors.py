"""The errors that keep the local stack from running, each with a message, a hint and an exit code.

Codes below 10 have the meaning of clients/python/cinedex_client/errors.py; the codes of the local stack begin at 13.

LocalStackError        1  the operation failed
├── StackNotRunning    3  no stack runs with this home folder
├── EmulatorSilent     3  the emulator of the stack does not answer in time
├── IndexNotReady      5  conflict with the current state
├── ModelMissing      20  a setting selects a model that is not installed
├── PortInUse         13  another program listens on the port
├── AlreadyRunning    14  a stack already runs with this home folder
├── HomeUnusable      18  the home folder cannot be created or written
├── DiskFull          19  the disk of the home folder is full
├── StateDamaged      15  a data file cannot be read and has no earlier copy
├── ChildFailed       16  a process of the stack did not start
└── DeployFailed      17  template.yaml could not be deployed
"""

from __future__ import annotations

from pathlib import Path

from cinedex_client.errors import CommandError


class LocalStackError(CommandError):
    pass


class StackNotRunning(LocalStackError):
    exit_code = 3

    def __init__(self, home: Path) -> None:
        super().__init__(f"No stack runs with the data in {home}.", hint="Start one: cinedex up")


class EmulatorSilent(LocalStackError):
    exit_code = 3

    def __init__(self, seconds_max: float, logs: Path) -> None:
        super().__init__(
            f"The emulator of the stack does not answer within {seconds_max:.0f} s.",
            hint=f"Its process may be stopped or overloaded; see {logs / 'emulator.log'}. To start again: cinedex up",
        )


class IndexNotReady(LocalStackError):
    exit_code = 5


class ModelMissing(LocalStackError):
    exit_code = 20

    def __init__(self, variable: str, name: str, folder: Path) -> None:
        super().__init__(
            f"{variable} selects {name}, which is not installed in {folder}.",
            hint=f"Install it: cinedex models pull {name}. Or unset {variable}.",
        )


class PortInUse(LocalStackError):
    exit_code = 13

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} on 127.0.0.1 is in use by another program.",
            hint=f"Stop that program, or choose a free port: CINEDEX_PORT={port + 1} cinedex up",
        )


class AlreadyRunning(LocalStackError):
    exit_code = 14


class HomeUnusable(LocalStackError):
    exit_code = 18

    def __init__(self, home: Path, reason: str) -> None:
        super().__init__(
            f"The folder {home} cannot be used: {reason}.",
            hint="Choose another folder: CINEDEX_HOME=/a/folder cinedex up",
        )


class DiskFull(LocalStackError):
    exit_code = 19

    def __init__(self, home: Path, free_bytes: int) -> None:
        super().__init__(
            f"The disk with {home} is full: {free_bytes / 1024**2:.1f} MiB are free.",
            hint="Free some space, or choose a folder on another disk: CINEDEX_HOME=/a/folder cinedex up",
        )


class StateDamaged(LocalStackError):
    exit_code = 15


class ChildFailed(LocalStackError):
    exit_code = 16


class DeployFailed(LocalStackError):
    exit_code = 17
