"""A file of which only the requested slices are read."""

from __future__ import annotations

import os
from pathlib import Path


class RangedFile:
    """Replaces `bytes` for code that uses only slices of it. It stays readable when the file is renamed."""

    def __init__(self, path: str | Path) -> None:
        self._file = Path(path).open("rb")  # noqa: SIM115 - open as long as this object exists

    def __getitem__(self, part: slice) -> bytes:
        start, stop, _ = part.indices(os.fstat(self._file.fileno()).st_size)
        self._file.seek(start)
        return self._file.read(max(0, stop - start))
