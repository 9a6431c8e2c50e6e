"""Bytes of `application/vnd.amazon.eventstream`, as AWS sends them.

Source: "Amazon event stream encoding" in the specification of Smithy.
"""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any

STRING = 7  # the type of a header's value


def event(name: str, payload: dict[str, Any]) -> bytes:
    return _message({":event-type": name, ":content-type": "application/json", ":message-type": "event"}, payload)


def exception(name: str, payload: dict[str, Any]) -> bytes:
    headers = {":exception-type": name, ":content-type": "application/json", ":message-type": "exception"}
    return _message(headers, payload)


def _message(headers: dict[str, str], payload: dict[str, Any]) -> bytes:
    """Prelude (both lengths and their checksum), headers, payload, checksum of all."""
    encoded, body = b"".join(_header(*h) for h in headers.items()), json.dumps(payload).encode()
    prelude = struct.pack("!II", 16 + len(encoded) + len(body), len(encoded))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + encoded + body
    return message + struct.pack("!I", zlib.crc32(message))


def _header(name: str, value: str) -> bytes:
    return struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", STRING, len(value)) + value.encode()
