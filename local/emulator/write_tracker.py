"""Records when a request may last have changed the state of the emulator."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_READ_ACTION = re.compile(rb"\.(Get|BatchGet|TransactGet|Describe|List|Query|Scan|Receive)\w*$")


class WriteTracker:
    """Wraps an ASGI application; `changed_at` is the monotonic time of the last completed write."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self.changed_at = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._application(scope, receive, send)
        finally:
            # After the request, so that every later snapshot contains its change.
            if scope["type"] == "http" and is_write(scope):
                self.changed_at = time.monotonic()


def is_write(scope: Scope) -> bool:
    """True unless the request is known to be a read; a wrong guess costs one snapshot."""
    if scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return False
    action = next((value for name, value in scope["headers"] if name.lower() == b"x-amz-target"), b"")
    return is_write_action(action)


def is_write_action(target: bytes) -> bool:
    """`target` is the header `X-Amz-Target`, such as `DynamoDB_20120810.PutItem`."""
    return not _READ_ACTION.search(target)
