"""The body of a request, up to a size and at a minimum rate."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

GRACE_S = 10.0
BYTES_PER_S_MIN = 8 * 1024
"""64 kbit/s: less than any connection over which a video is uploaded."""


class BodyTooLarge(Exception):
    pass


class BodyTooSlow(Exception):
    """The client may have gone, or it sends a byte now and then to keep the connection."""


async def read_body(request: Request, bytes_max: int) -> bytes:
    """Raises `BodyTooLarge`, and `BodyTooSlow` when the bytes so far have taken `GRACE_S` longer than at that rate."""
    body, loop = bytearray(), asyncio.get_running_loop()
    started = loop.time()
    try:
        async with asyncio.timeout(GRACE_S) as limit:
            async for chunk in request.stream():
                body += chunk
                if len(body) > bytes_max:
                    raise BodyTooLarge
                limit.reschedule(started + GRACE_S + len(body) / BYTES_PER_S_MIN)
    except TimeoutError as error:
        raise BodyTooSlow from error
    return bytes(body)
