"""Uploads a file directly to the object store, in one request or in parts, and reports progress."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cinedex_client.connection import Connection, Json

OnProgress = Callable[[int], None]
"""Called with the number of bytes sent since the last call; negative when a part is sent again."""

_BLOCK_BYTES = 256 * 1024
_PARALLEL_PARTS = 4


@dataclass(frozen=True)
class UploadDetails:
    """Optional facts about a video; `group_id` is the collection it is added to."""

    name: str | None = None
    description: str | None = None
    group_id: str | None = None

    def fields(self) -> dict[str, str]:
        fields = {"video_name": self.name, "description": self.description, "group_id": self.group_id}
        return {name: value for name, value in fields.items() if value}


def upload_file(connection: Connection, path: Path, details: UploadDetails, on_progress: OnProgress) -> Json:
    """Register the video, store its bytes, complete the upload; returns the response to the completion."""
    created = connection.post("/v2/videos/uploads", _request(path, details))
    ticket = created["upload"]
    parts = _Sender(connection, path, on_progress).send(ticket)
    completion = {"upload_id": ticket.get("upload_id"), "parts": parts}
    return connection.post(f"/v2/videos/{created['video_id']}/uploads/complete", completion)


def _request(path: Path, details: UploadDetails) -> Json:
    content_type, _ = mimetypes.guess_type(path.name)
    return {
        "video_name": path.name,
        "size_bytes": path.stat().st_size,
        "content_type": content_type or "application/octet-stream",
    } | details.fields()


@dataclass
class _FilePart:
    """Bytes `[start, start + size)` of a file; reading them again subtracts what was counted before."""

    path: Path
    start: int
    size: int
    on_progress: OnProgress
    counted: int = 0

    def blocks(self) -> Iterator[bytes]:
        self._count(-self.counted)
        for block in self._read():
            yield block
            self._count(len(block))

    def _count(self, size: int) -> None:
        self.counted += size
        self.on_progress(size)

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
    on_progress: OnProgress

    def send(self, ticket: Json) -> list[Json]:
        """The stored parts; empty when the file is sent in one request."""
        if ticket["method"] == "single":
            self._put(ticket["url"], 0, self.path.stat().st_size, ticket.get("headers") or {})
            return []
        with ThreadPoolExecutor(_PARALLEL_PARTS) as pool:
            return list(pool.map(lambda part: self._part(part, ticket["part_size_bytes"]), ticket["parts"]))

    def _part(self, part: Json, part_size_bytes: int) -> Json:
        start = (part["part_number"] - 1) * part_size_bytes
        size = min(part_size_bytes, self.path.stat().st_size - start)
        return {"part_number": part["part_number"], "etag": self._put(part["url"], start, size, {})}

    def _put(self, url: str, start: int, size: int, headers: Mapping[str, str]) -> str:
        part = _FilePart(self.path, start, size, self.on_progress)
        response = self.connection.put_presigned(url, part.blocks, {**headers, "Content-Length": str(size)})
        etag: str = response.headers.get("etag", "")
        return etag
