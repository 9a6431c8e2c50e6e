"""Reads bodies before their route does, and listens to responses, so that both can be had again."""

from __future__ import annotations

from pydantic_core import from_json
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Message, Receive, Send

from cinedex.access.domain.idempotency import StoredResponse
from cinedex.kernel.errors import InvalidInput

REPLAYED = "Idempotent-Replayed"


async def read_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


def require_json(body: bytes) -> None:
    """Python's parser takes lone surrogates, NaN and infinities, which no store and no other parser does.

    Raises `InvalidInput`; an empty body is the route's own business.
    """
    try:
        if body:
            from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise InvalidInput(f"The body is not valid JSON: {error}.") from error


def buffered_receive(body: bytes, receive: Receive) -> Receive:
    """The body once more, as the server would hand it over; what comes behind it is the server's own."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


def replayed(kept: StoredResponse) -> Response:
    headers = {"content-type": kept.content_type, REPLAYED: "true"}
    return Response(kept.body, kept.status, headers)


class ResponseRecorder:
    """Passes a response on, and keeps a copy of it when it says that something was done."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._status = 0
        self._content_type = ""
        self._body = bytearray()
        self._complete = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._content_type = Headers(scope=message).get("content-type", "")
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            self._complete = not message.get("more_body", False)
        await self._send(message)

    def kept(self) -> StoredResponse | None:
        if not self._complete or not 200 <= self._status < 300:
            return None
        return StoredResponse(status=self._status, content_type=self._content_type, body=self._body.decode())
