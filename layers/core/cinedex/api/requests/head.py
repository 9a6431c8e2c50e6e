"""HEAD (RFC 9110, 9.3.2): the status and the headers of GET, without its body."""

from __future__ import annotations

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class _HeadersSent(OSError):
    """Ends a response that would stream; Starlette takes an `OSError` as a client that has disconnected."""


async def respond_to_head(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Calls the route of GET. The body of a stream is not computed."""

    async def send_headers(message: Message) -> None:
        if message["type"] != "http.response.body":
            await send(message)
        elif message.get("more_body", False):
            raise _HeadersSent
        else:
            await send({"type": "http.response.body", "body": b""})

    try:
        await app({**scope, "method": "GET"}, receive, send_headers)
    except (_HeadersSent, ClientDisconnect):
        await send({"type": "http.response.body", "body": b""})
