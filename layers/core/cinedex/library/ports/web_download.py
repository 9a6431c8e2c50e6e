"""Downloads a file from the open web, within limits."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from cinedex.library.ports.media_store import ReadableFile


@dataclass(frozen=True)
class ResumePoint:
    """Resume at byte `start` if `validator` (an ETag or a date, RFC 9110) still identifies the file."""

    start: int
    validator: str


@dataclass(frozen=True)
class Download:
    """`body` starts at byte `start` of the file. Reading it raises `MediaError` (`fetch_failed`, `too_large`) when
    the transfer exceeds a limit. `validator` is None when the server sends none.
    """

    content_type: str | None
    body: ReadableFile
    start: int = 0
    validator: str | None = None

    def read(self, size: int) -> bytes:
        return self.body.read(size)


class WebDownload(Protocol):
    def open(self, url: str, resume_from: ResumePoint | None = None) -> AbstractContextManager[Download]:
        """The whole file, or the rest of it if the server can prove that it is still the same.

        Raises `MediaError("fetch_failed")` when the URL may not be fetched or does not answer.
        """
