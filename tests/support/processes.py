"""What tests ask about processes of this machine."""

from __future__ import annotations

import psutil


def is_alive(process: psutil.Process) -> bool:
    """A zombie has ended: only nobody has asked for its exit status yet."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
