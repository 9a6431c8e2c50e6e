"""The roles of search files (live, next, old), shared by all processes."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel, ConfigDict

SUFFIXES = ("", "-wal", "-shm")


class FileRoles(BaseModel):
    """Names of files in one folder."""

    model_config = ConfigDict(frozen=True)

    live: str
    next: str | None = None
    old: tuple[str, ...] = ()

    @property
    def written(self) -> tuple[str, ...]:
        return (self.live, self.next) if self.next else (self.live,)


class SearchFiles:
    """A small JSON file next to the search files stores their roles; it is replaced atomically.

    Search files are never renamed, because their write-ahead log has the same name and other processes have them open.
    Without the roles file, the search file itself is live.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._roles_file = path.with_name(f"{path.stem}.roles.json")
        self._cached: tuple[tuple[int, int] | None, FileRoles] = (None, FileRoles(live=path.name))

    def roles(self) -> FileRoles:
        """The current roles, also after a change by another process. Called for every transaction."""
        try:
            status = self._roles_file.stat()
        except FileNotFoundError:
            return FileRoles(live=self._path.name)
        state = (status.st_ino, status.st_mtime_ns)
        if self._cached[0] != state:
            self._cached = (state, FileRoles.model_validate_json(self._roles_file.read_bytes()))
        return self._cached[1]

    def path_of(self, name: str) -> Path:
        return self._path.with_name(name)

    def change(self, change: Callable[[FileRoles], FileRoles]) -> FileRoles:
        """Applies `change` under a lock, one process at a time."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._roles_file.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            after = change(self.roles())
            temporary = self._roles_file.with_suffix(".tmp")
            temporary.write_text(after.model_dump_json())
            os.replace(temporary, self._roles_file)
            return after

    def new_name(self) -> str:
        """A name without an existing file."""
        number = 2
        while self.path_of(name := f"{self._path.stem}.{number}{self._path.suffix}").exists():
            number += 1
        return name

    def remove(self, name: str) -> None:
        for ending in SUFFIXES:
            self._path.with_name(name + ending).unlink(missing_ok=True)
