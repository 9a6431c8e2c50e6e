"""Sends a file straight to the store, in one piece or in parts, and says how far it is."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cinedex_client.connection import Connection, Json

Advance = Callable[[int], None]
"""Called with the number of bytes sent since the last call; negative when a piece starts over."""

_BLOCK_BYTES = 256 * 1024
_PARTS_AT_ONCE = 4


@dataclass(frozen=True)
class About:
    """What the uploader tells about a video; `group_id` is the collection it joins."""

    name: str | None = None
    description: str | None = None
    group_id: str | None = None

    def fields(self) -> dict[str, str]:
        told = {"video_name": self.name, "description": self.description, "group_id": self.group_id}
        return {name: value for name, value in told.items() if value}


def upload_file(connection: Connection, path: Path, about: About, advance: Advance) -> Json:
    """Register the video, store its bytes, say that they are all there; returns what the API then tells."""
    opened = connection.post("/v2/videos/uploads", _request(path, about))
    ticket = opened["upload"]
    parts = _Sender(connection, path, advance).send(ticket)
    sent = {"upload_id": ticket.get("upload_id"), "parts": parts}
    return connection.post(f"/v2/videos/{opened['video_id']}/uploads/complete", sent)


def _request(path: Path, about: About) -> Json:
    content_type, _ = mimetypes.guess_type(path.name)
    return {
        "video_name": path.name,
        "size_bytes": path.stat().st_size,
        "content_type": content_type or "application/octet-stream",
    } | about.fields()


@dataclass
class _Piece:
    """Bytes `[start, start + size)` of a file; reading them again takes back what was counted."""

    path: Path
    start: int
    size: int
    advance: Advance
    counted: int = 0

    def blocks(self) -> Iterator[bytes]:
        self._count(-self.counted)
        for block in self._read():
            yield block
            self._count(len(block))

    def _count(self, size: int) -> None:
        self.counted += size
        self.advance(size)

    def _read(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            file.seek(self.start)
            left = self.size
            while left and (block := file.read(min(_BLOCK_BYTES, left))):
                left -= len(block)
                yield block


@dataclass(frozen=True)
class _Sender:
    connection: Connection
    path: Path
    advance: Advance

    def send(self, ticket: Json) -> list[Json]:
        """The parts that were stored; none when the file went in one piece."""
        if ticket["method"] == "single":
            self._put(ticket["url"], 0, self.path.stat().st_size, ticket.get("headers") or {})
            return []
        with ThreadPoolExecutor(_PARTS_AT_ONCE) as pool:
            return list(pool.map(lambda part: self._part(part, ticket["part_size_bytes"]), ticket["parts"]))

    def _part(self, part: Json, part_size_bytes: int) -> Json:
        start = (part["part_number"] - 1) * part_size_bytes
        size = min(part_size_bytes, self.path.stat().st_size - start)
        return {"part_number": part["part_number"], "etag": self._put(part["url"], start, size, {})}

    def _put(self, url: str, start: int, size: int, headers: Mapping[str, str]) -> str:
        piece = _Piece(self.path, start, size, self.advance)
        stored = self.connection.put_presigned(url, piece.blocks, {**headers, "Content-Length": str(size)})
        etag: str = stored.headers.get("etag", "")
        return etag
