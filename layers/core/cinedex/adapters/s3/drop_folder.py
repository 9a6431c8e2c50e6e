"""Objects of the drop folder and of other buckets, which are read in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from cinedex.adapters.s3.media_store import MISSING, s3_client
from cinedex.imports.ports.drop_folder import ListedObjects
from cinedex.kernel.errors import NotFound, TooLarge
from cinedex.library.domain.object_keys import DROP
from cinedex.library.domain.video import StoredMedia

PRECONDITION_FAILED = ("412", "PreconditionFailed")
UNREADABLE = ("NoSuchBucket", "AccessDenied", "403", "404")


class S3DropFolder:
    """`DropFolder`."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket
        self._client = s3_client()

    def find(self, bucket: str, key: str) -> StoredMedia | None:
        try:
            head = self._client.head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                return None
            raise
        return _media(bucket, key, head["ETag"], head["ContentLength"])

    def read(self, media: StoredMedia, bytes_max: int) -> bytes | None:
        try:
            found = self._client.get_object(Bucket=media.bucket, Key=media.key, IfMatch=f'"{media.etag}"')
        except ClientError as error:
            if error.response["Error"]["Code"] in (*MISSING, *PRECONDITION_FAILED):
                return None
            raise
        if int(found["ContentLength"]) > bytes_max:
            found["Body"].close()
            raise TooLarge(f"The file has {found['ContentLength']} bytes; the most is {bytes_max}.")
        content: bytes = found["Body"].read()
        return content

    def page(self, bucket: str, prefix: str, cursor: str | None, limit: int) -> ListedObjects:
        after = {"StartAfter": cursor} if cursor else {}
        try:
            listed = self._client.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=limit, **after)
        except ClientError as error:
            if error.response["Error"]["Code"] in UNREADABLE:
                raise NotFound(f"The bucket {bucket!r} does not exist, or Cinedex may not read it.") from error
            raise
        objects = [_media(bucket, one["Key"], one["ETag"], one["Size"]) for one in listed.get("Contents", [])]
        return ListedObjects(objects, objects[-1].key if listed.get("IsTruncated") and objects else None)

    def accounts(self) -> Sequence[str]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=DROP, Delimiter="/")
        prefixes = [str(p["Prefix"]) for page in pages for p in page.get("CommonPrefixes", [])]
        return [prefix.removeprefix(DROP).removesuffix("/") for prefix in prefixes]


def _media(bucket: str, key: str, etag: Any, size: Any) -> StoredMedia:
    return StoredMedia(bucket=bucket, key=key, etag=str(etag).strip('"'), size_bytes=int(size))
