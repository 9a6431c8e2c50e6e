"""Downloads a file from the open web, within limits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Download:
    """`chunks` raises `MediaError` (`fetch_failed`, `too_large`) when the transfer breaks a limit."""

    content_type: str | None
    chunks: Iterator[bytes]


class WebDownload(Protocol):
    def open(self, url: str) -> AbstractContextManager[Download]:
        """Raises `MediaError("fetch_failed")` when the URL may not be fetched or does not answer."""
