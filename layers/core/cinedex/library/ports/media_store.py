"""Where files and results are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from cinedex.library.domain.video import StoredMedia


class ReadableFile(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class UploadPart(BaseModel):
    model_config = ConfigDict(frozen=True)

    part_number: int
    url: str


class PresignedUpload(BaseModel):
    """How a client sends a file straight to the store: one PUT, or one for each part."""

    model_config = ConfigDict(frozen=True)

    method: str
    url: str | None = None
    headers: Mapping[str, str] = {}
    upload_id: str | None = None
    part_size_bytes: int | None = None
    parts: tuple[UploadPart, ...] = ()


class MediaStore(Protocol):
    """Files of videos. URLs expire after hours; nobody keeps them."""

    @property
    def bucket(self) -> str: ...

    def put(self, key: str, body: ReadableFile, content_type: str) -> StoredMedia: ...

    def find(self, key: str) -> StoredMedia | None: ...

    def download_url(self, media: StoredMedia, filename: str | None = None) -> str: ...

    def presigned_upload(self, key: str, size_bytes: int, content_type: str) -> PresignedUpload: ...

    def complete_upload(self, key: str, upload_id: str, parts: Sequence[tuple[int, str]]) -> None:
        """Raises `InvalidInput` when the parts do not make up the upload."""

    def delete(self, key: str) -> None:
        """All versions, and unfinished uploads of the key."""
