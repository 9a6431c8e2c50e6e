"""Request bodies in gzip (RFC 9110, 8.4.1.3), up to a limit that a small body cannot exceed by decompression."""

from __future__ import annotations

import zlib

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import Receive, Scope

from cinedex.api.requests.bodies import buffered_receive, read_body
from cinedex.kernel.errors import InvalidInput, TooLarge

CONTENT_ENCODING = "Content-Encoding"
FORM_BYTES_MAX = 64 * 1024**2  # the largest body on one machine; API Gateway accepts 10 MB
BYTES_MAX = 8 * 1024**2
"""Of every other body: parsed JSON needs several times its size."""
_GZIP = 16 + zlib.MAX_WBITS
_REPLACED = (b"content-encoding", b"content-length", b"transfer-encoding")


async def decode_content(scope: Scope, receive: Receive) -> tuple[Scope, Receive]:
    """The request as if its body had not been encoded. Raises `InvalidInput`, `TooLarge`."""
    headers = Headers(scope=scope)
    coding = headers.get("content-encoding", "identity").strip().lower() or "identity"
    if coding == "identity":
        return scope, receive
    if coding not in ("gzip", "x-gzip"):
        message = f"Content-Encoding {coding[:64]!r} is not supported. Send the body as it is, or in gzip."
        raise InvalidInput(message, field=CONTENT_ENCODING)
    is_form = headers.get("content-type", "").lower().startswith("multipart/")
    body = await run_in_threadpool(gunzip, await read_body(receive), FORM_BYTES_MAX if is_form else BYTES_MAX)
    kept = [(name, value) for name, value in scope["headers"] if name not in _REPLACED]
    length = (b"content-length", str(len(body)).encode())
    return {**scope, "headers": [*kept, length]}, buffered_receive(body, receive)


def gunzip(data: bytes, bytes_max: int) -> bytes:
    """All members of the stream. Raises `TooLarge` before more than `bytes_max` bytes are in memory."""
    decoded = bytearray()
    while data:
        member = zlib.decompressobj(_GZIP)
        try:
            decoded += member.decompress(data, bytes_max - len(decoded) + 1)
        except zlib.error as error:
            raise InvalidInput("The body is not valid gzip.", field=CONTENT_ENCODING) from error
        if len(decoded) > bytes_max:
            raise TooLarge(f"The body has more than {bytes_max} bytes after decompression.")
        if not member.eof:
            raise InvalidInput("The body is incomplete gzip.", field=CONTENT_ENCODING)
        data = member.unused_data
    return bytes(decoded)
