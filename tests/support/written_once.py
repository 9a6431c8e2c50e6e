"""Media files are encoded once in a process: the same file at another path is a copy of its bytes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path

_files: dict[Hashable, bytes] = {}


def written_once(path: Path, parts: Hashable, write: Callable[[], None]) -> Path:
    """`write` writes the file at `path`, unless a file of this suffix was written from the same `parts` before."""
    key = (path.suffix, parts)
    if key in _files:
        path.write_bytes(_files[key])
    else:
        write()
        _files[key] = path.read_bytes()
    return path
