"""The emulator's saved state on disk: written atomically, with one earlier copy, and repaired at start."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.emulator.durability.journal import synchronise_folder

PREVIOUS = ".previous"
DAMAGED = ".damaged"


@dataclass(frozen=True)
class Repair:
    """One damaged file: `repaired` when its earlier copy replaced it; otherwise its content is lost."""

    file: Path
    repaired: bool

    def __str__(self) -> str:
        if self.repaired:
            return f"{self.file.name} was truncated; the copy saved before it is used instead"
        return f"{self.file.name} is damaged and there is no earlier copy"


def write(folder: Path, service: str, text: str) -> None:
    """Replace a service's state so that a complete copy is always on disk, even after power loss."""
    current = folder / f"{service}.json"
    new = current.with_suffix(".json.tmp")
    try:
        with new.open("w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        new.unlink(missing_ok=True)
        raise
    if current.exists():
        current.replace(_previous(current))
    new.replace(current)
    synchronise_folder(folder)


def repair_all(folder: Path) -> list[Repair]:
    """Replace every damaged file by its earlier copy; the damaged text is kept beside it.

    A file without an intact earlier copy is not touched: only the user can decide to continue without it.
    """
    return [repair(file) for file in damaged(folder)]


def damaged(folder: Path) -> list[Path]:
    """State files that cannot be read, or that are missing because `write` ended between its two renames."""
    return [file for file in _state_files(folder) if not is_intact(file)]


def repair(file: Path) -> Repair:
    earlier = _previous(file)
    if not is_intact(earlier):
        return Repair(file, repaired=False)
    if file.exists():
        file.replace(file.with_name(file.name + DAMAGED))
    earlier.replace(file)
    return Repair(file, repaired=True)


def is_intact(file: Path) -> bool:
    try:
        document = json.loads(file.read_bytes())
    except (FileNotFoundError, ValueError):
        return False
    return isinstance(document, dict) and "payload" in document


def _state_files(folder: Path) -> Iterator[Path]:
    names = {file.name.removesuffix(PREVIOUS) for file in folder.glob("*.json*")}
    return (folder / name for name in sorted(names) if name.endswith(".json"))


def _previous(file: Path) -> Path:
    return file.with_name(file.name + PREVIOUS)
