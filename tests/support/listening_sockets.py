"""The sockets on which the processes of a stack listen, as the operating system lists them."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import psutil

from local.home import Home
from local.processes.orphans import MARK


def tcp_ports(home: Home) -> dict[int, str]:
    """The command of the process by port; fails for a socket that is not on the loopback interface."""
    found = {}
    for process in processes(home):
        for connection in process.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN:
                assert connection.laddr.ip in ("127.0.0.1", "::1"), connection
                found[connection.laddr.port] = " ".join(process.cmdline())
    return found


def unix_sockets(home: Home) -> list[str]:
    """Paths; those of an abstract namespace begin with `@`, and every user can connect to them."""
    paths = {c.laddr for process in processes(home) for c in process.net_connections("unix") if c.laddr}
    return sorted(path for path in paths if _listens(path))


def processes(home: Home) -> Iterator[psutil.Process]:
    """Without the supervisor: it runs in the process of the tests, which may serve files to other tests."""
    for process in psutil.process_iter():
        try:
            mark = process.environ().get(MARK, "")
        except (psutil.Error, OSError):
            continue
        if mark.startswith(f"{home.root.resolve()}#"):
            yield process


def _listens(path: str) -> bool:
    if path.startswith("@"):
        return True
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except OSError:
            return False
    return True
