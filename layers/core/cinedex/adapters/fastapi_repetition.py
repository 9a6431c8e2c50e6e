"""Reads a request's body so that it can be read again, and listens to its response so that it can be sent again."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Message, Receive, Send

from cinedex.domain.kept_response import KeptResponse

REPLAYED = "Idempotent-Replayed"


async def read_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


def replaying(body: bytes) -> Receive:
    """The body once more, as the server would hand it over."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def replayed(kept: KeptResponse) -> Response:
    headers = {"content-type": kept.content_type, REPLAYED: "true"}
    return Response(kept.body, kept.status, headers)


class Recorder:
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

    def kept(self) -> KeptResponse | None:
        if not self._complete or not 200 <= self._status < 300:
            return None
        return KeptResponse(status=self._status, content_type=self._content_type, body=self._body.decode())
