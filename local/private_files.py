"""Files that only their owner may read: the umask of the stack, its secrets, and folders that others could read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UMASK = 0o077
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@contextmanager
def private_umask() -> Iterator[None]:
    """No file or folder that this process creates in the meantime is accessible to other users."""
    before = os.umask(UMASK)
    try:
        yield
    finally:
        os.umask(before)


def write_private(file: Path, text: str) -> None:
    """Replace `file` by one that was never readable by other users."""
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)


def make_private(folder: Path) -> None:
    """Remove the access of other users from `folder` and all below it; a folder that has no such access is left.

    The folder itself comes first, so that they lose their access at once.

    Raises:
        PermissionError: it belongs to another user.
        OSError: an entry cannot be changed.
    """
    found = folder.stat()
    if found.st_uid != os.geteuid():
        raise PermissionError(f"it belongs to another user (uid {found.st_uid}, not {os.geteuid()})")
    if not found.st_mode & _OTHERS:
        return
    folder.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)
    for parent, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            _remove_others(Path(parent, name))


def _remove_others(path: Path) -> None:
    mode = path.lstat().st_mode
    if mode & _OTHERS and not stat.S_ISLNK(mode):
        path.chmod(stat.S_IMODE(mode) & ~_OTHERS)
