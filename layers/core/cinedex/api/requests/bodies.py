"""Request bodies that can be read twice, and responses that are recorded while they are sent."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from pydantic_core import from_json
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Message, Receive, Send

from cinedex.access.domain.idempotency import StoredResponse
from cinedex.api.requests.strict_body import NAME_CHARS_MAX
from cinedex.kernel.errors import InvalidInput

_POSITION = re.compile(r"at line (\d+) column (\d+)")
REPLAYED = "Idempotent-Replayed"
DEPTH_EXCEEDED = "recursion limit exceeded"
TOO_DEEP = "The body has more than 200 objects or lists inside each other."


async def read_body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


def require_json(body: bytes) -> None:
    """Raises `InvalidInput` for what Python's parser accepts and no store does: lone surrogates, NaN and infinities.

    Also for an object that has a field twice, of which a parser takes the last. An empty body is left to the route.
    """
    try:
        if body:
            from_json(body, allow_inf_nan=False)
            json.loads(body, object_pairs_hook=_require_unique)
    except RecursionError as error:
        raise InvalidInput(TOO_DEEP) from error
    except ValueError as error:
        if DEPTH_EXCEEDED in str(error):
            raise InvalidInput(TOO_DEEP) from error
        position = _POSITION.search(str(error))
        where = f" It cannot be read at line {position[1]}, column {position[2]}." if position else ""
        raise InvalidInput(f"The body is not valid JSON.{where}") from error


def _require_unique(fields: list[tuple[str, Any]]) -> None:
    if len(fields) > 1:
        name, times = Counter(name for name, _ in fields).most_common(1)[0]
        if times > 1:
            shown = name[:NAME_CHARS_MAX]
            raise InvalidInput(f"The body has the field {shown!r} {times} times in one object.", field=shown)


def buffered_receive(body: bytes, receive: Receive) -> Receive:
    """Gives `body` first, as the server would, and then the further messages of `receive`."""
    sent = False

    async def receive_again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


def stored_response(stored: StoredResponse) -> Response:
    headers = {"content-type": stored.content_type, REPLAYED: "true"}
    return Response(stored.body, stored.status, headers)


class ResponseRecorder:
    """Forwards a response and keeps a copy of it."""

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

    def successful_response(self) -> StoredResponse | None:
        """None for an incomplete response, and for every status but 2xx."""
        if not self._complete or not 200 <= self._status < 300:
            return None
        return StoredResponse(status=self._status, content_type=self._content_type, body=self._body.decode())
