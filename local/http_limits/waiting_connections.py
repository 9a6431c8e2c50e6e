"""The connections of one server that wait for a request, and the time that the head of a request may take.

A client needs no key to connect. Without limits, one that connects and sends nothing, or one byte now and then, keeps
its connection for ever, and a few hundred of them use up the file descriptors of the server.
"""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Callable

HEADERS_S_MAX = 10.0
REST_S_MAX = 60.0
"""Of a body that arrives after its response, such as that of a file which is too large."""
STOPPED_S = 1.0
"""A timer that is so late tells that the process was stopped, or did something else for too long."""
WAITING_MAX = 512
"""More than the clients of one machine keep open between two requests."""


class WaitingConnections:
    """Those that never sent a request have half of `WAITING_MAX`, and those that did have the other half.

    Beyond it, the one of its half that has waited longest is closed. Further clients are therefore served, however many
    connections one client opens, and whether it uses them or not.
    """

    def __init__(self) -> None:
        self._unused: dict[AwaitedHead, None] = {}
        self._reused: dict[AwaitedHead, None] = {}

    def add(self, head: AwaitedHead) -> None:
        self.remove(head)
        same = self._reused if head.is_reused else self._unused
        same[head] = None
        if len(same) > WAITING_MAX // 2:
            next(iter(same)).give_up()

    def remove(self, head: AwaitedHead) -> None:
        self._unused.pop(head, None)
        self._reused.pop(head, None)


class AwaitedHead:
    """The head of the next request on one connection.

    Its time runs from the connection, or from the first byte of a further request, to its end. Between two requests,
    the server's own limit of an idle connection applies.

    Args:
        close: answers 408 if a part of a head has arrived, and closes the connection.
    """

    def __init__(self, waiting: WaitingConnections, close: Callable[[], None]) -> None:
        self._waiting, self._close = waiting, close
        self._timer: asyncio.TimerHandle | None = None
        self.is_reused = False

    def begin(self, seconds_max: float | None = None) -> None:
        """A client has connected, or a part of a head has arrived, or what precedes it still arrives."""
        if self._timer is None:
            limit_s = HEADERS_S_MAX if seconds_max is None else seconds_max
            self._timer = asyncio.get_running_loop().call_later(limit_s, self._expire)
            self._waiting.add(self)

    def arrived(self) -> None:
        """The head is whole, or the connection has ended."""
        self._waiting.remove(self)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def await_next(self) -> None:
        """The response was sent, and the client may send a further request."""
        self.is_reused = True
        self._waiting.add(self)

    def _expire(self) -> None:
        """After a stop of the whole process, what arrived meanwhile is read first."""
        loop = asyncio.get_running_loop()
        if self._timer is not None and loop.time() - self._timer.when() > STOPPED_S:
            self._timer = loop.call_later(STOPPED_S, self._expire)
        else:
            self.give_up()

    def give_up(self) -> None:
        self.arrived()
        self._close()


def raise_descriptor_limit() -> None:
    """To what the system allows: the usual 1024 are fewer than the connections of a busy server."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    except (ValueError, OSError):
        return  # macOS reports more than it allows
