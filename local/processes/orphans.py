"""Finds and ends what a killed supervisor left behind, by a mark in the environment of all it started."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil

# Inherited by grandchildren too, and, unlike a process id in a file, never anybody else's.
MARK = "CINEDEX_STACK"


def new_mark(home: Path) -> str:
    """One per start, so that a late clean-up never ends the processes of the next start."""
    return f"{_prefix(home)}{uuid.uuid4()}"


def end_marked(mark: str, grace_s: float = 5.0) -> list[int]:
    """End every process that carries exactly this mark; returns their ids."""
    return _end([process for process, found in _marked() if found == mark], grace_s)


def end_orphans(home: Path, grace_s: float = 5.0) -> list[int]:
    """End every process that any earlier start in this home left behind; returns their ids.

    Only the holder of the home's lock may call this.
    """
    return _end([process for process, found in _marked() if found.startswith(_prefix(home))], grace_s)


def kill_group(leader: int, mark: str | None) -> None:
    """Kill what is left of a process group whose leader has ended.

    By mark and not by `killpg`: once the leader is gone, its number may already be somebody else's.
    """
    for process, found in _marked():
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            if found == mark and os.getpgid(process.pid) == leader:
                process.kill()


def _prefix(home: Path) -> str:
    return f"{home.resolve()}#"


def _marked() -> Iterator[tuple[psutil.Process, str]]:
    for process in psutil.process_iter():
        try:
            mark = process.environ().get(MARK)
        except (psutil.Error, OSError):
            continue
        if mark and process.pid != os.getpid():
            yield process, mark


def _end(processes: list[psutil.Process], grace_s: float) -> list[int]:
    for process in processes:
        _signal(process.terminate)
    _, alive = psutil.wait_procs(processes, timeout=grace_s)
    for process in alive:
        _signal(process.kill)
    psutil.wait_procs(alive, timeout=grace_s)
    return [process.pid for process in processes]


def _signal(send: Callable[[], None]) -> None:
    # Gone in the meantime is what was wanted.
    with suppress(psutil.NoSuchProcess):
        send()
