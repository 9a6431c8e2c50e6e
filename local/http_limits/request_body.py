"""The body of a request has to arrive at a minimum rate: a client may send a byte now and then to stay connected."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

from local.own_address import Application, Receive, Scope, Send, send_text

GRACE_S = 10.0
BYTES_PER_S_MIN = 8 * 1024
"""64 kbit/s: less than any connection over which a video is uploaded."""
PAUSE_S_MAX = 60.0
"""Of a client that was faster until then."""
STEP_S = 1.0
TOO_SLOW = f"The body arrives with less than {BYTES_PER_S_MIN} bytes a second. Send the request again."

Message = MutableMapping[str, Any]


class BodyTooSlow(Exception):
    """The client may have gone, or it keeps its connection without sending a request."""


class ArrivingBody:
    """`receive` replaces that of ASGI.

    Only the time in which the application waits for the client counts, in steps of at most `STEP_S`: a process that was
    stopped for a while gives up no client that has sent its body meanwhile.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._left_s = GRACE_S
        self._is_whole = False

    async def receive(self) -> Message:
        """Raises `BodyTooSlow`."""
        while not self._is_whole:
            if self._left_s <= 0:
                raise BodyTooSlow
            message = await self._wait(min(self._left_s, STEP_S))
            if message is not None:
                return message
        return await self._receive()

    async def _wait(self, limit_s: float) -> Message | None:
        began = asyncio.get_running_loop().time()
        message = None
        try:
            async with asyncio.timeout(limit_s):
                message = await self._receive()
        except TimeoutError:
            pass
        self._left_s -= min(asyncio.get_running_loop().time() - began, limit_s)
        if message is not None:
            self._is_whole = not message.get("more_body")
            self._left_s = min(self._left_s + len(message.get("body", b"")) / BYTES_PER_S_MIN, PAUSE_S_MAX)
        return message


class LimitedBodies:
    """Wraps an ASGI application: a request whose body is given up gets 408, whatever the application answers."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _Response(send).of(self._application, scope, ArrivingBody(receive))
        else:
            await self._application(scope, receive, send)


class _Response:
    def __init__(self, send: Send) -> None:
        self._send = send
        self._is_given_up = self._has_begun = False

    async def of(self, application: Application, scope: Scope, body: ArrivingBody) -> None:
        async def receive() -> Message:
            try:
                return await body.receive()
            except BodyTooSlow:
                self._is_given_up = True
                raise

        try:
            await application(scope, receive, self._pass_on)
        except BodyTooSlow:
            if self._has_begun:
                raise
        if self._is_given_up and not self._has_begun:
            await send_text(self._send, 408, TOO_SLOW, ((b"connection", b"close"),))

    async def _pass_on(self, message: Message) -> None:
        if self._is_given_up and not self._has_begun:
            return
        self._has_begun = True
        await self._send(message)
