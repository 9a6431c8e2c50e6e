"""Uploads a file part by part, so that another process can resume an interrupted upload."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cinedex.library.domain.expected_file import UploadedPart


class MultipartUploads(Protocol):
    """A file becomes visible when its upload is completed. Idempotent: uploading a part again replaces it."""

    def begin(self, key: str, content_type: str) -> str:
        """The id of a new upload. Aborts unfinished uploads of the key."""

    def list_parts(self, key: str, upload_id: str) -> tuple[UploadedPart, ...]:
        """The uploaded parts up to the first gap; empty if there is no such upload."""

    def upload_part(self, key: str, upload_id: str, number: int, body: bytes) -> UploadedPart:
        """Raises `NotFound` if the upload was aborted, or completed by another process."""

    def complete(self, key: str, upload_id: str, parts: Sequence[UploadedPart]) -> None:
        """Raises `NotFound` if the upload was aborted. May succeed again if another process has just completed it."""

    def abort(self, key: str) -> None:
        """Abort all unfinished uploads of the key."""
