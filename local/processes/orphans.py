"""Finds and ends processes that a killed supervisor left behind, by a mark in their environment."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil

# Grandchildren inherit it, and unlike a process id in a file it never refers to another program.
MARK = "CINEDEX_STACK"


def new_mark(home: Path) -> str:
    """A mark per start, so that a late clean-up never ends the processes of the next start."""
    return f"{_prefix(home)}{uuid.uuid4()}"


def end_marked(mark: str, grace_s: float = 5.0) -> list[int]:
    """End every process that carries exactly this mark; returns their ids."""
    return _end([process for process, other in _marked() if other == mark], grace_s)


def end_orphans(home: Path, grace_s: float = 5.0) -> list[int]:
    """End every process of an earlier start in this home; returns their ids.

    Only the holder of the home's lock may call this.
    """
    return _end([process for process, mark in _marked() if mark.startswith(_prefix(home))], grace_s)


def kill_group(leader: int, mark: str | None) -> None:
    """Kill the remaining processes of a group whose leader has ended.

    By mark, because `killpg` could hit another program that has reused the id of the leader.
    """
    for process, other in _marked():
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            if other == mark and os.getpgid(process.pid) == leader:
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
    # A process that has ended in the meantime needs no signal.
    with suppress(psutil.NoSuchProcess):
        send()
