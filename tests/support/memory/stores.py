"""Media files, multipart uploads and results in dictionaries."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count, takewhile
from typing import Any

from cinedex.kernel.errors import InvalidInput, NotFound
from cinedex.library.domain.expected_file import UploadedPart
from cinedex.library.domain.object_keys import results_prefix
from cinedex.library.domain.video import StoredMedia
from cinedex.library.ports.media_store import PresignedUpload, ReadableFile, UploadPart

PART_BYTES = 16 * 1024**2


class MemoryMediaStore:
    """`MediaStore`; its URLs lead nowhere; `send` does what the client of a URL does."""

    bucket = "media"

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.uploads: dict[str, tuple[str, dict[int, bytes]]] = {}
        self.modified: dict[str, datetime] = {}

    def put(self, key: str, body: ReadableFile, content_type: str) -> StoredMedia:
        self.files[key] = body.read()
        return self._stored(key)

    def find(self, key: str) -> StoredMedia | None:
        return self._stored(key) if key in self.files else None

    def modified_at(self, key: str) -> datetime | None:
        return self.modified.get(key)

    def keys(self) -> Iterator[str]:
        return iter(list(self.files))

    def download_url(self, media: StoredMedia, filename: str | None = None) -> str:
        return f"http://store.test/{media.bucket}/{media.key}"

    def presigned_upload(
        self,
        key: str,
        size_bytes: int,
        content_type: str,
        checksum_sha256: str | None = None,
        upload_id: str | None = None,
    ) -> PresignedUpload:
        if size_bytes <= PART_BYTES:
            headers = {"Content-Type": content_type}
            if checksum_sha256 is not None:
                headers["x-amz-checksum-sha256"] = checksum_sha256
            return PresignedUpload(method="single", url=f"put:{key}", headers=headers)
        if upload_id is None:
            upload_id = f"upload-{len(self.uploads) + 1}"
            self.uploads[upload_id] = (key, {})
        numbers = range(1, -(-size_bytes // PART_BYTES) + 1)
        parts = tuple(UploadPart(part_number=n, url=f"part:{upload_id}:{n}") for n in numbers)
        return PresignedUpload(method="multipart", upload_id=upload_id, part_size_bytes=PART_BYTES, parts=parts)

    def uploaded_parts(self, key: str, upload_id: str) -> Sequence[UploadedPart]:
        _, bodies = self.uploads.get(upload_id, (key, {}))
        return [UploadedPart(number=n, etag=etag_of(b), size_bytes=len(b)) for n, b in sorted(bodies.items())]

    def sha256(self, media: StoredMedia) -> str:
        if media.key not in self.files:
            raise NotFound("The file was deleted.")
        return base64.b64encode(hashlib.sha256(self.files[media.key]).digest()).decode()

    def send(self, url: str, body: bytes) -> str:
        """The ETag of what a client puts under a ticket's URL."""
        kind, _, rest = url.partition(":")
        if kind == "put":
            self.files[rest] = body
        else:
            upload_id, _, number = rest.rpartition(":")
            self.uploads[upload_id][1][int(number)] = body
        return etag_of(body)

    def complete_upload(self, key: str, upload_id: str, parts: Sequence[tuple[int, str]]) -> None:
        uploaded_key, sent = self.uploads.get(upload_id, ("", {}))
        ordered = sorted(parts)
        complete = parts and uploaded_key == key and all(n in sent and etag_of(sent[n]) == etag for n, etag in ordered)
        if not complete:
            raise InvalidInput("The upload cannot be completed: a part is missing.")
        self.files[key] = b"".join(sent[n] for n, _ in ordered)
        del self.uploads[upload_id]

    def delete(self, key: str) -> None:
        self.files.pop(key, None)
        self.uploads = {i: u for i, u in self.uploads.items() if u[0] != key}

    def _stored(self, key: str) -> StoredMedia:
        body = self.files[key]
        return StoredMedia(bucket=self.bucket, key=key, etag=etag_of(body), size_bytes=len(body))


class MemoryMultipartUploads:
    """`MultipartUploads` into a store in memory."""

    def __init__(self, store: MemoryMediaStore) -> None:
        self._store = store
        self._begun = count(1)

    def begin(self, key: str, content_type: str) -> str:
        self.abort(key)
        upload_id = f"part-by-part-{next(self._begun)}"
        self._store.uploads[upload_id] = (key, {})
        return upload_id

    def list_parts(self, key: str, upload_id: str) -> tuple[UploadedPart, ...]:
        _, bodies = self._store.uploads.get(upload_id, (key, {}))
        unbroken = takewhile(bodies.__contains__, count(1))
        return tuple(UploadedPart(number=n, etag=etag_of(bodies[n]), size_bytes=len(bodies[n])) for n in unbroken)

    def upload_part(self, key: str, upload_id: str, number: int, body: bytes) -> UploadedPart:
        self._require(upload_id)[number] = body
        return UploadedPart(number=number, etag=etag_of(body), size_bytes=len(body))

    def complete(self, key: str, upload_id: str, parts: Sequence[UploadedPart]) -> None:
        self._require(upload_id)
        self._store.complete_upload(key, upload_id, [(part.number, part.etag) for part in parts])

    def abort(self, key: str) -> None:
        self._store.uploads = {i: u for i, u in self._store.uploads.items() if u[0] != key}

    def _require(self, upload_id: str) -> dict[int, bytes]:
        if upload_id not in self._store.uploads:
            raise NotFound("The upload was aborted, or another process has completed it.")
        return self._store.uploads[upload_id][1]


class MemoryResultStore:
    """`ResultStore` that keeps JSON, so that what a test reads has been through it."""

    def __init__(self) -> None:
        self.documents: dict[str, str] = {}

    def put(self, key: str, document: Any) -> None:
        self.documents[key] = json.dumps(document)

    def get(self, key: str) -> Any:
        if key not in self.documents:
            raise NotFound(f"No result is stored under {key}.")
        return json.loads(self.documents[key])

    def has(self, key: str) -> bool:
        return key in self.documents

    def delete(self, key: str) -> None:
        self.documents.pop(key, None)

    def delete_video(self, account_id: str, video_id: str) -> None:
        prefix = results_prefix(account_id, video_id)
        self.documents = {k: d for k, d in self.documents.items() if not k.startswith(prefix)}


def etag_of(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()
