"""What tests ask about processes of this machine."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import psutil

from local.processes.orphans import MARK

ENDS_WITHIN_S = 20.0


def is_alive(process: psutil.Process) -> bool:
    """A zombie has ended: its parent has not read its exit status yet."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def end_what_is_left(folder: Path) -> list[str]:
    """Kill everything that a stack or a server with its home below `folder` left behind; their command lines.

    What is ending already is given time to.
    """
    deadline = time.monotonic() + ENDS_WITHIN_S
    while (left := _marked_below(folder)) and time.monotonic() < deadline:
        time.sleep(0.2)
    commands = [_command(process) for process in left]
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    return commands


def _marked_below(folder: Path) -> list[psutil.Process]:
    return [p for p in psutil.process_iter() if _mark(p).startswith(f"{folder.resolve()}/") and is_alive(p)]


def _mark(process: psutil.Process) -> str:
    try:
        return process.environ().get(MARK, "")
    except (psutil.Error, OSError):
        return ""


def _command(process: psutil.Process) -> str:
    with suppress(psutil.NoSuchProcess):
        return " ".join(process.cmdline())
    return ""
