"""The home folder of one local stack: data, logs, the API key, the lock."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from cinedex_client.local_stack import KEY_FILE, LOCK_FILE, RunningProcess, running_process, try_lock

from local.errors import AlreadyRunning, DiskFull, HomeUnusable
from local.private_files import make_private, private_umask

FREE_BYTES_MIN = 16 * 1024 * 1024
"""At the start: the journal, two copies of the state, the logs."""


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
    def models(self) -> Path:
        """The folders of the models that were pulled, unless `MODEL_WEIGHTS_DIR` names another place."""
        return self.root / "models"

    @property
    def api_key(self) -> Path:
        return self.root / KEY_FILE

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
    def emulator_secret(self) -> Path:
        """Exists while a stack runs; `local.emulator.access` describes it."""
        return self.root / "emulator_secret"

    @property
    def lock_file(self) -> Path:
        return self.root / LOCK_FILE

    def prepare(self) -> Home:
        """Create the folders, and remove the access of other users to an existing home.

        Raises:
            HomeUnusable: the home cannot be created or made private, or belongs to another user.
        """
        try:
            with private_umask():
                self.root.mkdir(parents=True, exist_ok=True)
                make_private(self.root)
                for folder in (self.state, self.objects, self.logs, self.temporary):
                    folder.mkdir(exist_ok=True)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFull(self.root, 0) from error
            raise HomeUnusable(self.root, error.strerror or str(error)) from error
        return self

    def require_space(self) -> None:
        """Raises `DiskFull` when there is too little for a start."""
        free = shutil.disk_usage(self.root).free
        if free < FREE_BYTES_MIN:
            raise DiskFull(self.root, free)

    def running(self) -> RunningProcess | None:
        """The process that holds the lock of this home; None when no process does."""
        return running_process(self.root)

    @contextmanager
    def locked(self) -> Iterator[Callable[[str], None]]:
        """Lock this home for one stack; the kernel releases the lock even after SIGKILL.

        Yields a function that publishes the URL of the stack in the lock file.

        Raises:
            AlreadyRunning: another stack holds the lock.
        """
        with self.lock_file.open("a+") as file:
            if not try_lock(file):
                raise self._already_running()
            _describe(file, "")
            try:
                yield lambda url: _describe(file, url)
            finally:
                file.truncate(0)

    def _already_running(self) -> AlreadyRunning:
        running = self.running()
        pid, url = (running.pid or "?", running.url) if running else ("?", "")
        return AlreadyRunning(
            f"A stack already runs with the data in {self.root} (process {pid}, {url or 'still starting'}).",
            hint="Use it, stop it with Ctrl-C, or use another folder: CINEDEX_HOME=/a/folder cinedex up",
        )


def _describe(file: TextIO, url: str) -> None:
    file.truncate(0)
    file.write(json.dumps({"pid": os.getpid(), "url": url}))
    file.flush()
