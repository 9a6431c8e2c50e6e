"""A file of which only the requested slices are read."""

from __future__ import annotations

from pathlib import Path


class RangedFile:
    """Replaces `bytes` for code that uses only slices of it."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)

    def __getitem__(self, part: slice) -> bytes:
        start, stop, _ = part.indices(self._path.stat().st_size)
        with self._path.open("rb") as file:
            file.seek(start)
            return file.read(max(0, stop - start))
