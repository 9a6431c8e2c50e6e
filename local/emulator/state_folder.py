"""The emulator's saved state on disk: written atomically, one earlier copy kept, mended at start."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PREVIOUS = ".previous"
DAMAGED = ".damaged"


@dataclass(frozen=True)
class Repair:
    """One damaged file: `mended` when an earlier copy took its place, else what it held is lost."""

    file: Path
    mended: bool

    def __str__(self) -> str:
        if self.mended:
            return f"{self.file.name} was half-written; the copy saved just before it is used instead"
        return f"{self.file.name} is damaged and there is no earlier copy"


def write(folder: Path, service: str, text: str) -> None:
    """Replace a service's state so that a complete copy is always on disk, even after power loss."""
    current = folder / f"{service}.json"
    fresh = current.with_suffix(".json.tmp")
    with fresh.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if current.exists():
        current.replace(_previous(current))
    fresh.replace(current)


def repair(folder: Path) -> list[Repair]:
    """Put the earlier copy in place of every file that is not whole; the damaged text is kept beside it.

    A file without a whole earlier copy is left as it is: only a person may decide to do without it.
    """
    return [mend(file) for file in damaged(folder)]


def damaged(folder: Path) -> list[Path]:
    """State files that cannot be read, or that are missing between the two renames of `write`."""
    return [file for file in _state_files(folder) if not is_whole(file)]


def mend(file: Path) -> Repair:
    earlier = _previous(file)
    if not is_whole(earlier):
        return Repair(file, mended=False)
    if file.exists():
        file.replace(file.with_name(file.name + DAMAGED))
    earlier.replace(file)
    return Repair(file, mended=True)


def is_whole(file: Path) -> bool:
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
