"""The port of the store of media files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from cinedex.library.domain.expected_file import UploadedPart
from cinedex.library.domain.video import StoredMedia


class ReadableFile(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class UploadPart(BaseModel):
    model_config = ConfigDict(frozen=True)

    part_number: int
    url: str


class PresignedUpload(BaseModel):
    """How a client uploads a file directly to the store: with one PUT, or with one for each part."""

    model_config = ConfigDict(frozen=True)

    method: str
    url: str | None = None
    headers: Mapping[str, str] = {}
    upload_id: str | None = None
    part_size_bytes: int | None = None
    parts: tuple[UploadPart, ...] = ()


class MediaStore(Protocol):
    """Files of videos. URLs expire after hours and are not stored."""

    @property
    def bucket(self) -> str: ...

    def put(self, key: str, body: ReadableFile, content_type: str) -> StoredMedia: ...

    def find(self, key: str) -> StoredMedia | None: ...

    def modified_at(self, key: str) -> datetime | None:
        """When the file was stored, in whole seconds; None if there is none."""

    def keys(self) -> Iterator[str]:
        """Of all files, in no particular order."""

    def download_url(self, media: StoredMedia, filename: str | None = None) -> str: ...

    def presigned_upload(
        self,
        key: str,
        size_bytes: int,
        content_type: str,
        checksum_sha256: str | None = None,
        upload_id: str | None = None,
    ) -> PresignedUpload:
        """URLs that accept these sizes only; S3 compares the checksum, in base64, of a file in one part.

        `upload_id` is that of an upload in parts that has begun, for which new URLs are signed.
        """

    def uploaded_parts(self, key: str, upload_id: str) -> Sequence[UploadedPart]:
        """Every stored part of an unfinished upload, in order; empty if there is no such upload."""

    def sha256(self, media: StoredMedia) -> str:
        """In base64, of the stored bytes. Raises `NotFound`."""

    def complete_upload(self, key: str, upload_id: str, parts: Sequence[tuple[int, str]]) -> None:
        """Raises `InvalidInput` when the parts are not those of the upload."""

    def delete(self, key: str) -> None:
        """All versions, and unfinished uploads of the key."""
