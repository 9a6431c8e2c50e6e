"""The port of the objects of buckets from which files are read in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cinedex.library.domain.video import StoredMedia


@dataclass(frozen=True)
class ListedObjects:
    """`next_cursor` is the last key of the page; None at the end."""

    objects: Sequence[StoredMedia]
    next_cursor: str | None


class DropFolder(Protocol):
    def find(self, bucket: str, key: str) -> StoredMedia | None:
        """The object as it is now."""

    def read(self, media: StoredMedia, bytes_max: int) -> bytes | None:
        """The content of a small object; None if it was removed or replaced. Raises `TooLarge`."""

    def page(self, bucket: str, prefix: str, cursor: str | None, limit: int) -> ListedObjects:
        """In the order of the keys. Raises `NotFound` for a bucket that does not exist or may not be read."""

    def accounts(self) -> Sequence[str]:
        """Ids of accounts that have files in the drop folder."""
