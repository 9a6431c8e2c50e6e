"""Presigned uploads into the drop folder, for clients that have an API key and no key of the bucket."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.imports.domain.drop_key import DropFile, DropRoot, is_ignored, locate
from cinedex.imports.ports.drop_folder import DropFolder
from cinedex.kernel.errors import ImpossibleValue, InvalidInput, NotFound
from cinedex.library.domain.object_keys import drop_prefix
from cinedex.library.ports.media_store import MediaStore, PresignedUpload
from cinedex.library.usecases.upload_video import content_type_of

KEY_BYTES_MAX = 1024


def etag_of_parts(parts: Sequence[tuple[int, str]]) -> str | None:
    """The ETag that S3 gives a file of these parts; None if one of them has no MD5 as its ETag."""
    try:
        digests = [bytes.fromhex(etag.strip('"')) for _, etag in sorted(parts)]
    except ValueError:
        return None
    return f"{hashlib.md5(b''.join(digests), usedforsecurity=False).hexdigest()}-{len(digests)}"


@dataclass(frozen=True)
class UploadToDrop:
    store: MediaStore
    folder: DropFolder
    bytes_max: int

    def create(self, account_id: str, path: str, size_bytes: int, etag: str | None) -> PresignedUpload | None:
        """None if the drop folder has the file with this ETag already. Raises `ImpossibleValue`."""
        file = self._file(account_id, path)
        if not 0 < size_bytes <= self.bytes_max:
            raise ImpossibleValue(f"size_bytes must be 1 to {self.bytes_max}.", field="size_bytes")
        stored = self.folder.find(file.bucket, file.key) if etag else None
        if stored is not None and (stored.etag, stored.size_bytes) == (str(etag).strip('"'), size_bytes):
            return None
        return self.store.presigned_upload(file.key, size_bytes, content_type_of(file.filename))

    def sign_again(self, account_id: str, path: str, size_bytes: int, upload_id: str | None) -> PresignedUpload:
        """New URLs for an upload that `create` has begun; `upload_id` is that of one in parts."""
        file = self._file(account_id, path)
        return self.store.presigned_upload(file.key, size_bytes, content_type_of(file.filename), upload_id=upload_id)

    def complete(self, account_id: str, path: str, upload_id: str, parts: Sequence[tuple[int, str]]) -> None:
        """Safe to repeat. Raises `InvalidInput` when the parts are not those of the upload, and `NotFound`."""
        file = self._file(account_id, path)
        try:
            self.store.complete_upload(file.key, upload_id, parts)
        except InvalidInput:
            stored = self.folder.find(file.bucket, file.key)
            if stored is not None and stored.etag == etag_of_parts(parts):
                return
            if not self.store.uploaded_parts(file.key, upload_id):
                raise NotFound("There is no unfinished upload with this upload_id.", field="upload_id") from None
            raise

    def _file(self, account_id: str, path: str) -> DropFile:
        root = DropRoot(account_id=account_id, bucket=self.store.bucket, prefix=drop_prefix(account_id))
        key = f"{root.prefix}{path}"
        if len(key.encode(errors="surrogatepass")) > KEY_BYTES_MAX:
            raise ImpossibleValue(f"The key {key[:100]}… has more than {KEY_BYTES_MAX} bytes.", field="path")
        if is_ignored(path):
            raise ImpossibleValue("Hidden files and folders are ignored.", field="path")
        file = locate(root, key)
        if not isinstance(file, DropFile):
            raise ImpossibleValue(file.reason, field="path")
        return file
