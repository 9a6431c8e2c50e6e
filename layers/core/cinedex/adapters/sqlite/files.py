"""Which search file plays which role, for every process alike."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel, ConfigDict

COMPANIONS = ("", "-wal", "-shm")


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
    """A small file beside the search files tells their roles; it is replaced in one step.

    A search file is never renamed: its log belongs to its name, and other processes have it open. Without the
    file of roles, the search file itself is the one that is read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._told_by = path.with_name(f"{path.stem}.roles.json")
        self._known: tuple[tuple[int, int] | None, FileRoles] = (None, FileRoles(live=path.name))

    def roles(self) -> FileRoles:
        """As of now: whatever process has changed them. Looked up for every transaction, so it must be cheap."""
        try:
            status = self._told_by.stat()
        except FileNotFoundError:
            return FileRoles(live=self._path.name)
        state = (status.st_ino, status.st_mtime_ns)
        if self._known[0] != state:
            self._known = (state, FileRoles.model_validate_json(self._told_by.read_bytes()))
        return self._known[1]

    def path_of(self, name: str) -> Path:
        return self._path.with_name(name)

    def change(self, change: Callable[[FileRoles], FileRoles]) -> FileRoles:
        """One process at a time."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._told_by.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            after = change(self.roles())
            fresh = self._told_by.with_suffix(".tmp")
            fresh.write_text(after.model_dump_json())
            os.replace(fresh, self._told_by)
            return after

    def new_name(self) -> str:
        """One that no file has."""
        number = 2
        while self.path_of(name := f"{self._path.stem}.{number}{self._path.suffix}").exists():
            number += 1
        return name

    def remove(self, name: str) -> None:
        for ending in COMPANIONS:
            self._path.with_name(name + ending).unlink(missing_ok=True)
