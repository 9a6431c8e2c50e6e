"""The body of a request to the emulator: compared with its signed hash while the application reads it."""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import MutableMapping
from typing import Any, ClassVar

from local.own_address import Receive

BYTES_MAX = 256 * 1024**2
"""Largest body that is kept until its signature is checked, and that is discarded after a refusal."""
SMALL_BYTES_MAX = 1024**2
"""Larger bodies share `BYTES_MAX` until they are checked: a client without the secret cannot fill the memory."""

Message = MutableMapping[str, Any]


class RequestBody:
    """`receive` replaces that of ASGI; a body that differs from `expect` ends as if the client had disconnected."""

    _unchecked: ClassVar[Counter[RequestBody]] = Counter()
    """The bytes of large bodies that are being read before their signature is checked."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._kept: deque[Message] = deque()
        self._digest = hashlib.sha256()
        self._expected: str | None = None
        self._is_read = False
        self.differs = False

    def expect(self, sha256: str) -> None:
        self._expected = sha256

    async def receive(self) -> Message:
        message = self._kept.popleft() if self._kept else await self._next()
        if self._expected is not None and message["type"] == "http.request":
            self._digest.update(message.get("body", b""))
            self.differs = not message.get("more_body") and self._digest.hexdigest() != self._expected
        return {"type": "http.disconnect"} if self.differs else message

    async def sha256(self) -> str:
        """Reads the whole body, which `receive` returns again; an incomplete or too long one has no valid hash."""
        digest, size = hashlib.sha256(), 0
        try:
            while not self._is_read and self._may_keep(size):
                message = await self._next()
                self._kept.append(message)
                digest.update(message.get("body", b""))
                size += len(message.get("body", b""))
        finally:
            self._unchecked.pop(self, None)
        return digest.hexdigest() if self._is_read else self._drop()

    async def discard(self) -> None:
        """A client sends its body before it reads the answer; without this it would see a lost connection."""
        size = 0
        while not self._is_read and size <= BYTES_MAX:
            size += len((await self._next()).get("body", b""))

    def _may_keep(self, size: int) -> bool:
        if size > SMALL_BYTES_MAX:
            self._unchecked[self] = size
        return size <= SMALL_BYTES_MAX or self._unchecked.total() <= BYTES_MAX

    def _drop(self) -> str:
        self._kept.clear()
        return ""

    async def _next(self) -> Message:
        message = await self._receive()
        self._is_read = self._is_read or not message.get("more_body")
        return message
