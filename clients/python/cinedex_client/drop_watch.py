"""Follows a local folder, and sends each file when it has stopped growing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from watchfiles import watch

from cinedex_client.drop import files_below

SETTLED_S = 2.0
POLL_MS = 500


class SettledFiles:
    """Files whose size and time have not changed for `settled_s`."""

    def __init__(self, settled_s: float = SETTLED_S, clock: Callable[[], float] = time.monotonic) -> None:
        self._settled_s, self._clock = settled_s, clock
        self._seen: dict[Path, tuple[tuple[int, int], float]] = {}

    def look(self, path: Path) -> bool:
        """True once the file has stopped growing; it is forgotten then."""
        try:
            stat = path.stat()
        except OSError:
            self._seen.pop(path, None)
            return False
        version, now = (stat.st_size, stat.st_mtime_ns), self._clock()
        known = self._seen.get(path)
        if known is None or known[0] != version:
            self._seen[path] = (version, now)
            return False
        if now - known[1] < self._settled_s:
            return False
        del self._seen[path]
        return True


def changes(folder: Path) -> Iterator[None]:
    """Yields when something has changed, and at least every `POLL_MS`: a file settles without an event."""
    for _ in watch(folder, yield_on_timeout=True, rust_timeout=POLL_MS, raise_interrupt=True):
        yield None


def settled(folder: Path, is_due: Callable[[Path], bool], pulses: Iterator[None]) -> Iterator[Path]:
    """The files to send, as they become ready; ends with `pulses`."""
    files = SettledFiles()
    for _ in pulses:
        for path in files_below(folder):
            if _is_due(path, is_due) and files.look(path):
                yield path


def _is_due(path: Path, is_due: Callable[[Path], bool]) -> bool:
    try:
        return is_due(path)
    except OSError:  # removed just now
        return False
