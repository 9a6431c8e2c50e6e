"""Which TCP ports of the loopback interface are free."""

from __future__ import annotations

import socket
from pathlib import Path

from local.errors import PortInUse
from local.loopback import LOOPBACK


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Like the servers: a port in TIME_WAIT after a restart counts as free, a port with a listener does not.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def require_free(port: int) -> int:
    """The port itself, or a free one for 0.

    Raises:
        PortInUse: another program listens on it.
    """
    if port == 0:
        return free_port()
    if not is_free(port):
        raise PortInUse(port)
    return port


def remembered_port(memo: Path) -> int:
    """The port stored in `memo` if it is free, otherwise a new one.

    The deployment contains URLs of the emulator, so it stays valid only while the port stays the same.
    """
    if memo.exists() and is_free(port := int(memo.read_text(encoding="utf-8"))):
        return port
    port = free_port()
    memo.write_text(str(port))
    return port
