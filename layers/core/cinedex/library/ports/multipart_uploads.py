"""A file that comes into the store part by part; whoever sends it may die, and another goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pydantic import BaseModel, ConfigDict


class UploadedPart(BaseModel):
    """Numbers count from 1."""

    model_config = ConfigDict(frozen=True)

    number: int
    etag: str
    size_bytes: int


class MultipartUploads(Protocol):
    """Nobody sees a file before it is finished. The same part sent twice is sent once."""

    def begin(self, key: str, content_type: str) -> str:
        """The id of a new upload; whatever was unfinished under the key is dropped."""

    def sent(self, key: str, upload_id: str) -> tuple[UploadedPart, ...]:
        """The parts that are there, from the first on without a gap; none when there is no such upload."""

    def send(self, key: str, upload_id: str, number: int, body: bytes) -> UploadedPart:
        """Raises `NotFound` when the upload was dropped or finished by another."""

    def finish(self, key: str, upload_id: str, parts: Sequence[UploadedPart]) -> None:
        """Raises `NotFound` when the upload was dropped; one that another has just finished may pass."""

    def drop(self, key: str) -> None:
        """Forget all that is unfinished under the key."""
