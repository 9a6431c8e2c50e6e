"""Uploads a file directly to the object store, in one request or in parts; an upload in parts can be resumed."""

from __future__ import annotations

import hashlib
import mimetypes
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cinedex_client.connection import Connection, Json
from cinedex_client.errors import ClientError, NotAuthorised, NotFound, NotReady, WrongRequest
from cinedex_client.upload_records import UploadRecord, UploadRecords, key_of

OnProgress = Callable[[int], None]
"""Called with the number of bytes sent since the last call; negative when a part is sent again."""

_BLOCK_BYTES = 256 * 1024
_PARALLEL_PARTS = 4
CHECKSUM_BYTES_MAX = 4 * 1024**3
"""A deployment compares the checksum of a file up to this size."""
_EXPIRED = (NotAuthorised, NotFound, NotReady, WrongRequest)
"""Errors of a resumed upload whose URLs have expired, or which the deployment has ended."""


@dataclass(frozen=True)
class UploadDetails:
    """Optional facts about a video; `group_id` is the video group it is added to."""

    name: str | None = None
    description: str | None = None
    group_id: str | None = None

    def fields(self) -> dict[str, str]:
        fields = {"video_name": self.name, "description": self.description, "group_id": self.group_id}
        return {name: value for name, value in fields.items() if value}


class Progress:
    """The bytes sent so far, from several threads, reported to `on_progress`."""

    def __init__(self, on_progress: OnProgress) -> None:
        self._on_progress = on_progress
        self._lock = threading.Lock()
        self._total = 0

    def add(self, size: int) -> None:
        with self._lock:
            self._total += size
        self._on_progress(size)

    def reset(self) -> None:
        self.add(-self._total)


@dataclass(frozen=True)
class FileUpload:
    """The upload of one file; without `records` an interrupted upload starts over."""

    connection: Connection
    path: Path
    details: UploadDetails
    progress: Progress
    records: UploadRecords | None = None

    def __call__(self) -> Json:
        """Register the video, store its bytes, complete the upload; returns the response to the completion."""
        request = self._request()
        key = key_of(self.connection.url, self.path, request)
        record = self.records.find(key) if self.records else None
        if self.records and record:
            record.size_bytes = request["size_bytes"]  # records of earlier versions have none
            try:
                return self._finish(key, record)
            except _EXPIRED:
                self.records.remove(key)
                self.progress.reset()
        created = self._create(request)
        if created.get("upload") is None:
            return created
        record = UploadRecord(created=created, size_bytes=request["size_bytes"])
        if self.records and record.is_in_parts:
            self.records.save(key, record)
        return self._finish(key, record)

    def _request(self) -> Json:
        return _request(self.path, self.details)

    def _create(self, request: Json) -> Json:
        """`upload` is absent or null if the deployment has the file already."""
        return self.connection.post("/v2/videos/uploads", request)

    def _finish(self, key: str, record: UploadRecord) -> Json:
        ticket = record.created["upload"]
        if record.is_in_parts:
            self.progress.add(sum(self._span(record, number)[1] for number in record.etags))
            self._send_parts(key, record)
        else:
            self._put(ticket["url"], 0, record.size_bytes, ticket.get("headers") or {})
        try:
            response = self._complete(record)
        except NotReady as error:
            self._forget(record, _missing_parts(error))
            self._send_parts(key, record)
            response = self._complete(record)
        if self.records:
            self.records.remove(key)
        return response

    def _complete(self, record: UploadRecord) -> Json:
        parts = [{"part_number": number, "etag": etag} for number, etag in sorted(record.etags.items())]
        completion = {"upload_id": record.created["upload"].get("upload_id"), "parts": parts}
        return self.connection.post(f"/v2/videos/{record.created['video_id']}/uploads/complete", completion)

    def _forget(self, record: UploadRecord, numbers: Sequence[int]) -> None:
        """Parts that were recorded as stored, and that the deployment does not have."""
        for number in numbers:
            if record.etags.pop(number, None) is not None:
                self.progress.add(-self._span(record, number)[1])

    def _send_parts(self, key: str, record: UploadRecord) -> None:
        """Send the parts that are not recorded as stored; records each part that is stored."""
        parts = record.created["upload"]["parts"]
        missing = [part for part in parts if part["part_number"] not in record.etags]
        with ThreadPoolExecutor(_PARALLEL_PARTS) as pool:
            list(pool.map(lambda part: self._send_part(key, record, part), missing))

    def _send_part(self, key: str, record: UploadRecord, part: Json) -> None:
        number = part["part_number"]
        start, size = self._span(record, number)
        etag = self._put(part["url"], start, size, {})
        if self.records:
            self.records.add_part(key, record, number, etag)
        else:
            record.etags[number] = etag

    def _span(self, record: UploadRecord, part_number: int) -> tuple[int, int]:
        """The first byte of a part and its size."""
        part_size_bytes = int(record.created["upload"]["part_size_bytes"])
        start = (part_number - 1) * part_size_bytes
        return start, min(part_size_bytes, record.size_bytes - start)

    def _put(self, url: str, start: int, size: int, headers: Mapping[str, str]) -> str:
        part = _FilePart(self.path, start, size, self.progress)
        response = self.connection.put_presigned(url, part.blocks, {**headers, "Content-Length": str(size)})
        etag: str = response.headers.get("etag", "")
        return etag


def _request(path: Path, details: UploadDetails) -> Json:
    content_type, _ = mimetypes.guess_type(path.name)
    size_bytes = path.stat().st_size
    checksum = {"checksum_sha256": _sha256(path)} if size_bytes <= CHECKSUM_BYTES_MAX else {}
    facts = {
        "video_name": path.name,
        "size_bytes": size_bytes,
        "content_type": content_type or "application/octet-stream",
    }
    return facts | checksum | details.fields()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _missing_parts(error: NotReady) -> Sequence[int]:
    """What the deployment names as missing; raises `error` again if it names nothing."""
    named = [part for item in error.details if isinstance(item, dict) for part in item.get("missing_parts") or ()]
    if not named:
        raise error
    return named


@dataclass
class _FilePart:
    """Bytes `[start, start + size)` of a file; reading them again subtracts what was counted before."""

    path: Path
    start: int
    size: int
    progress: Progress
    counted: int = 0

    def blocks(self) -> Iterator[bytes]:
        self._count(-self.counted)
        for block in self._read():
            yield block
            self._count(len(block))

    def _count(self, size: int) -> None:
        self.counted += size
        self.progress.add(size)

    def _read(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            file.seek(self.start)
            left = self.size
            while left and (block := file.read(min(_BLOCK_BYTES, left))):
                left -= len(block)
                yield block
        if left:
            raise ClientError(f"{self.path} became shorter while it was uploaded.")
