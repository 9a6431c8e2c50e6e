"""Messages between a function's process and its owner: a JSON header and a body of bytes, over a socket pair."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO, NamedTuple

_LENGTHS = struct.Struct("!II")


class Frame(NamedTuple):
    """`header["kind"]`: `invoke` to the process; `ready`, `init_error`, `result` or `error` from it."""

    header: dict[str, Any]
    body: bytes


def encode(header: Mapping[str, Any], body: bytes = b"") -> bytes:
    encoded = json.dumps(header).encode()
    return _LENGTHS.pack(len(encoded), len(body)) + encoded + body


def read(file: BinaryIO) -> Frame | None:
    """The next frame; None at the end of the connection."""
    lengths = file.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    header_length, body_length = _LENGTHS.unpack(lengths)
    header, body = file.read(header_length), file.read(body_length)
    return Frame(json.loads(header), body) if len(body) == body_length else None


async def receive(reader: asyncio.StreamReader) -> Frame | None:
    """The next frame; None at the end of the connection."""
    try:
        header_length, body_length = _LENGTHS.unpack(await reader.readexactly(_LENGTHS.size))
        return Frame(json.loads(await reader.readexactly(header_length)), await reader.readexactly(body_length))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
