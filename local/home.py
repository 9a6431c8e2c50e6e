"""The folder that holds everything one local stack owns: data, logs, the API key, the lock."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from local.errors import AlreadyRunning, HomeUnusable


@dataclass(frozen=True)
class Home:
    """Paths under `CINEDEX_HOME` (default `.cinedex/` in the repository)."""

    root: Path

    @property
    def state(self) -> Path:
        """The emulator's tables, queues and executions, one JSON file per service."""
        return self.root / "state"

    @property
    def objects(self) -> Path:
        """The emulator's S3 objects, one file each."""
        return self.root / "objects"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def temporary(self) -> Path:
        return self.root / "tmp"

    @property
    def api_key(self) -> Path:
        return self.root / "api_key"

    @property
    def search_index(self) -> Path:
        return self.root / "search.sqlite"

    @property
    def deployment(self) -> Path:
        return self.root / "deployment.json"

    @property
    def emulator_port(self) -> Path:
        return self.root / "emulator_port"

    @property
    def lock_file(self) -> Path:
        return self.root / "lock"

    def prepare(self) -> Home:
        """Raises `HomeUnusable` when the folders cannot be made."""
        try:
            for folder in (self.root, self.state, self.objects, self.logs, self.temporary):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise HomeUnusable(self.root, error.strerror or str(error)) from error
        return self

    def running(self) -> dict[str, str | int] | None:
        """Who holds the lock, as `{"pid": …, "url": …}` (no URL while it starts); None for nobody."""
        if not self.lock_file.exists():
            return None
        with self.lock_file.open("r+") as file:
            if _take(file):
                return None
            file.seek(0)
            held: dict[str, str | int] = json.loads(file.read() or "{}")
            return held

    @contextmanager
    def locked(self) -> Iterator[Callable[[str], None]]:
        """Hold this home for one stack; the kernel gives it back even after SIGKILL.

        Yields a function that tells others at which URL the holder listens.

        Raises:
            AlreadyRunning: another stack holds it.
        """
        with self.lock_file.open("a+") as file:
            if not _take(file):
                raise self._already_running()
            _describe(file, "")
            try:
                yield lambda url: _describe(file, url)
            finally:
                file.truncate(0)

    def _already_running(self) -> AlreadyRunning:
        held = self.running() or {}
        where = held.get("url") or "still starting"
        return AlreadyRunning(
            f"A stack already runs with the data in {self.root} (process {held.get('pid', '?')}, {where}).",
            mend="Use it, stop it with Ctrl-C, or give this one a folder: CINEDEX_HOME=/a/folder cinedex up",
        )


def _take(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _describe(file: TextIO, url: str) -> None:
    file.truncate(0)
    file.write(json.dumps({"pid": os.getpid(), "url": url}))
    file.flush()
