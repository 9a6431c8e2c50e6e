"""The drop folder over the media files in memory, and its queue."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.imports.domain.drop_notice import DropNotice
from cinedex.imports.ports.drop_folder import ListedObjects
from cinedex.kernel.errors import NotFound, TooLarge
from cinedex.library.domain.object_keys import DROP
from cinedex.library.domain.video import StoredMedia

from tests.support.memory.stores import MemoryMediaStore, etag_of


class MemoryDropFolder:
    """`DropFolder`; `others` has the objects of buckets of users."""

    def __init__(self, media: MemoryMediaStore) -> None:
        self._media = media
        self.others: dict[str, dict[str, bytes]] = {}

    def find(self, bucket: str, key: str) -> StoredMedia | None:
        body = self._files(bucket).get(key)
        return None if body is None else self._stored(bucket, key, body)

    def read(self, media: StoredMedia, bytes_max: int) -> bytes | None:
        body = self._files(media.bucket).get(media.key)
        if body is None or etag_of(body) != media.etag:
            return None
        if len(body) > bytes_max:
            raise TooLarge(f"The file has {len(body)} bytes; the most is {bytes_max}.")
        return body

    def page(self, bucket: str, prefix: str, cursor: str | None, limit: int) -> ListedObjects:
        if bucket != self._media.bucket and bucket not in self.others:
            raise NotFound(f"The bucket {bucket!r} does not exist, or Cinedex may not read it.")
        files = self._files(bucket)
        keys = sorted((k for k in files if k.startswith(prefix) and k > (cursor or "")), key=str.encode)
        objects = [self._stored(bucket, key, files[key]) for key in keys[:limit]]
        return ListedObjects(objects, objects[-1].key if len(keys) > limit else None)

    def accounts(self) -> Sequence[str]:
        return sorted({key.split("/")[1] for key in self._media.files if key.startswith(DROP)})

    def _files(self, bucket: str) -> dict[str, bytes]:
        return self._media.files if bucket == self._media.bucket else self.others.get(bucket, {})

    def _stored(self, bucket: str, key: str, body: bytes) -> StoredMedia:
        return StoredMedia(bucket=bucket, key=key, etag=etag_of(body), size_bytes=len(body))


class MemoryDropQueue:
    """`DropQueue`."""

    def __init__(self) -> None:
        self.sent: list[DropNotice] = []

    def send(self, notices: Sequence[DropNotice]) -> None:
        self.sent += notices
