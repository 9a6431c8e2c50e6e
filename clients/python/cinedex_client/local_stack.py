"""Finds a stack that runs on this machine, by two files in its home folder: `lock` and `api_key`.

The stack holds an advisory lock on `lock` while it runs and writes `{"pid": …, "url": …}` into it; `url` is empty while
it starts. The kernel releases the lock when the process ends, so a killed stack is never taken for a running one.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

LOCK_FILE = "lock"
KEY_FILE = "api_key"


@dataclass(frozen=True)
class RunningProcess:
    """The process that holds a home folder; `url` is empty while it starts."""

    pid: int | None
    url: str


def default_home() -> Path:
    """`.cinedex` beside the virtual environment that runs this program: the home of the repository it belongs to."""
    return Path(sys.prefix).parent / ".cinedex"


def running_process(home: Path) -> RunningProcess | None:
    """The process that holds the lock of `home`; None when no process does."""
    try:
        with (home / LOCK_FILE).open("r+") as file:
            if try_lock(file):
                return None
            file.seek(0)
            content = json.loads(file.read() or "{}")
    except FileNotFoundError:
        return None
    return RunningProcess(content.get("pid"), str(content.get("url") or "").rstrip("/"))


def api_key(home: Path) -> str:
    """The key that the stack made at its first start; empty when there is none."""
    file = home / KEY_FILE
    return file.read_text(encoding="utf-8").strip() if file.exists() else ""


def try_lock(file: TextIO) -> bool:
    """Take the lock until `file` is closed; False when another process holds it."""
    try:
        import fcntl
    except ImportError:  # Windows, where the local stack does not run: no process can hold the lock
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
