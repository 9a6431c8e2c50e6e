"""The body of a request, up to a size and at a minimum rate, beside a bounded number of bytes of other requests."""

from __future__ import annotations

from starlette.requests import Request

from local.http_limits.request_body import ArrivingBody

SMALL_BYTES_MAX = 1024**2
ARRIVING_BYTES_MAX = 512 * 1024**2
"""Of all larger bodies that are being read: they are read before the key is checked, so that clients without one could
fill the memory."""


class BodyTooLarge(Exception):
    pass


class TooManyBodies(Exception):
    pass


class RequestBodies:
    """The bodies that one gateway is reading."""

    def __init__(self) -> None:
        self._arriving_bytes = 0

    async def read(self, request: Request, bytes_max: int) -> bytes:
        """Raises `BodyTooLarge`, `BodyTooSlow`, and `TooManyBodies` beside other large bodies."""
        body, counted = bytearray(), 0
        try:
            async for chunk in Request(request.scope, ArrivingBody(request.receive).receive).stream():
                body += chunk
                if len(body) > bytes_max:
                    raise BodyTooLarge
                if len(body) > SMALL_BYTES_MAX:
                    self._arriving_bytes += len(body) - counted
                    counted = len(body)
                if counted and self._arriving_bytes > ARRIVING_BYTES_MAX:
                    raise TooManyBodies
            return bytes(body)
        finally:
            self._arriving_bytes -= counted
