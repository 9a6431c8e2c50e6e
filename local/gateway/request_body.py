"""The body of a request, up to a size and at a minimum rate."""

from __future__ import annotations

from starlette.requests import Request

from local.http_limits.request_body import ArrivingBody


class BodyTooLarge(Exception):
    pass


async def read_body(request: Request, bytes_max: int) -> bytes:
    """Raises `BodyTooLarge` and `BodyTooSlow`."""
    body = bytearray()
    async for chunk in Request(request.scope, ArrivingBody(request.receive).receive).stream():
        body += chunk
        if len(body) > bytes_max:
            raise BodyTooLarge
    return bytes(body)
