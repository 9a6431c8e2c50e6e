"""Puts the objects of the journal in place at start, also on a full disk: for that, some space is kept in reserve."""

from __future__ import annotations

import errno
import logging
from contextlib import suppress
from pathlib import Path

from local.emulator import object_folder

RESERVE = "reserve"
RESERVE_BYTES = 1024 * 1024
"""For the metadata of the objects that one journal has, which the disk has no space for yet."""

logger = logging.getLogger("local.journal")


def recover_objects(objects: Path, journal: Path) -> None:
    """Raises `OSError`."""
    try:
        object_folder.replay(objects, journal)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        logger.warning("the disk is full; the reserve is used")
        (journal / RESERVE).unlink(missing_ok=True)
        object_folder.replay(objects, journal)


def keep_reserve(journal: Path) -> None:
    """Allocate the reserve unless it is there. Without space for it, the next checkpoint tries again."""
    reserve = journal / RESERVE
    if reserve.exists():
        return
    with suppress(OSError):
        new = reserve.with_suffix(".tmp")
        try:
            new.write_bytes(bytes(RESERVE_BYTES))
            new.replace(reserve)
        finally:
            new.unlink(missing_ok=True)
