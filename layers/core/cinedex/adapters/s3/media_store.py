"""Media files in S3, and presigned URLs for them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

import boto3
from botocore.exceptions import ClientError

from cinedex.adapters.time_limits import OBJECT_ATTEMPTS_MAX, OBJECT_READ_TIMEOUT_S, aws_config
from cinedex.kernel.errors import InvalidInput, NotFound
from cinedex.library.domain.expected_file import UploadedPart
from cinedex.library.domain.video import StoredMedia
from cinedex.library.ports.media_store import PresignedUpload, ReadableFile, UploadPart

URL_LIFETIME_S = 6 * 3600
SINGLE_PUT_BYTES_MAX = 16 * 1024**2  # a larger file is uploaded in parts, so that a lost connection costs one part
PART_BYTES_MIN = 16 * 1024**2
PARTS_MAX = 1100  # S3 allows 10,000, but the list of URLs has to fit into one response
READ_BYTES = 1024**2
INVALID_PARTS = ("EntityTooSmall", "InvalidPart", "InvalidPartOrder", "MalformedXML", "NoSuchUpload")
MISSING = ("404", "NoSuchKey", "NotFound")
NO_SUCH_UPLOAD = "NoSuchUpload"


def s3_client() -> Any:
    """Presigns URLs with SigV4, because newer regions and S3-compatible stores reject older signatures."""
    config = aws_config(
        read_timeout_s=OBJECT_READ_TIMEOUT_S, attempts_max=OBJECT_ATTEMPTS_MAX, signature_version="s3v4"
    )
    return boto3.client("s3", config=config)


class S3MediaStore:
    """`MediaStore`."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket
        self._client = s3_client()

    @property
    def bucket(self) -> str:
        return self._bucket

    def put(self, key: str, body: ReadableFile, content_type: str) -> StoredMedia:
        self._client.upload_fileobj(body, self._bucket, key, ExtraArgs={"ContentType": content_type})
        return self._require(key)

    def find(self, key: str) -> StoredMedia | None:
        head = self._head(key)
        if head is None:
            return None
        size_bytes, etag = int(head["ContentLength"]), str(head["ETag"]).strip('"')
        return StoredMedia(bucket=self._bucket, key=key, etag=etag, size_bytes=size_bytes)

    def modified_at(self, key: str) -> datetime | None:
        head = self._head(key)
        return None if head is None else head["LastModified"]

    def _head(self, key: str) -> Any:
        """None if there is no such file."""
        try:
            return self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                return None
            raise

    def keys(self) -> Iterator[str]:
        for page in self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket):
            yield from (str(version["Key"]) for version in page.get("Versions", []) if version["IsLatest"])

    def download_url(self, media: StoredMedia, filename: str | None = None) -> str:
        parameters = {"Bucket": media.bucket, "Key": media.key}
        if filename:
            parameters["ResponseContentDisposition"] = f"inline; filename*=UTF-8''{quote(filename)}"
        return str(self._client.generate_presigned_url("get_object", Params=parameters, ExpiresIn=URL_LIFETIME_S))

    def presigned_upload(
        self,
        key: str,
        size_bytes: int,
        content_type: str,
        checksum_sha256: str | None = None,
        upload_id: str | None = None,
    ) -> PresignedUpload:
        """The signatures cover `Content-Length`, which every HTTP client sends for a body of known size."""
        if size_bytes <= SINGLE_PUT_BYTES_MAX:
            return self._single_upload(key, size_bytes, content_type, checksum_sha256)
        target = {"Bucket": self._bucket, "Key": key}
        if upload_id is None:
            upload_id = self._client.create_multipart_upload(**target, ContentType=content_type)["UploadId"]
        part_size = part_size_of(size_bytes)
        starts = range(0, size_bytes, part_size)
        parts = tuple(
            UploadPart(
                part_number=number, url=self._part_url(target, upload_id, number, min(part_size, size_bytes - start))
            )
            for number, start in enumerate(starts, 1)
        )
        return PresignedUpload(method="multipart", upload_id=upload_id, part_size_bytes=part_size, parts=parts)

    def uploaded_parts(self, key: str, upload_id: str) -> Sequence[UploadedPart]:
        return list_uploaded_parts(self._client, self._bucket, key, upload_id)

    def sha256(self, media: StoredMedia) -> str:
        digest = hashlib.sha256()
        try:
            body = self._client.get_object(Bucket=media.bucket, Key=media.key)["Body"]
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                raise NotFound("The file was deleted.") from error
            raise
        for chunk in body.iter_chunks(READ_BYTES):
            digest.update(chunk)
        return base64.b64encode(digest.digest()).decode()

    def complete_upload(self, key: str, upload_id: str, parts: Sequence[tuple[int, str]]) -> None:
        listed = [{"PartNumber": n, "ETag": etag} for n, etag in sorted(parts)]
        try:
            self._client.complete_multipart_upload(
                Bucket=self._bucket, Key=key, UploadId=upload_id, MultipartUpload={"Parts": listed}
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in INVALID_PARTS:
                raise
            raise InvalidInput(f"The upload cannot be completed: {error.response['Error']['Message']}") from error

    def delete(self, key: str) -> None:
        delete_versions(self._client, self._bucket, key, lambda listed: listed == key)
        abort_uploads(self._client, self._bucket, key)

    def _require(self, key: str) -> StoredMedia:
        stored = self.find(key)
        if stored is None:
            raise NotFound("The file was deleted while it was being stored.")
        return stored

    def _single_upload(
        self, key: str, size_bytes: int, content_type: str, checksum_sha256: str | None
    ) -> PresignedUpload:
        parameters: dict[str, Any] = {"Bucket": self._bucket, "Key": key, "ContentType": content_type}
        parameters["ContentLength"] = size_bytes
        headers = {"Content-Type": content_type}
        if checksum_sha256 is not None:
            parameters["ChecksumSHA256"] = headers["x-amz-checksum-sha256"] = checksum_sha256
        url = self._client.generate_presigned_url("put_object", Params=parameters, ExpiresIn=URL_LIFETIME_S)
        return PresignedUpload(method="single", url=url, headers=headers)

    def _part_url(self, target: dict[str, str], upload_id: str, number: int, size_bytes: int) -> str:
        parameters = {**target, "UploadId": upload_id, "PartNumber": number, "ContentLength": size_bytes}
        return str(self._client.generate_presigned_url("upload_part", Params=parameters, ExpiresIn=URL_LIFETIME_S))


def delete_versions(client: Any, bucket: str, prefix: str, matches: Callable[[str], bool] = lambda _key: True) -> None:
    """Delete every version and delete marker under `prefix`, or every object of a bucket without versions."""
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        versions = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        selected = [{"Key": v["Key"], "VersionId": v["VersionId"]} for v in versions if matches(v["Key"])]
        if selected:
            client.delete_objects(Bucket=bucket, Delete={"Objects": selected, "Quiet": True})


def abort_uploads(client: Any, bucket: str, key: str) -> None:
    for page in client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=key):
        for upload in page.get("Uploads", []):
            if upload["Key"] == key:
                client.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload["UploadId"])


def list_uploaded_parts(client: Any, bucket: str, key: str, upload_id: str) -> tuple[UploadedPart, ...]:
    """In order; empty if there is no such upload."""
    try:
        pages = client.get_paginator("list_parts").paginate(Bucket=bucket, Key=key, UploadId=upload_id)
        listed = [part for page in pages for part in page.get("Parts", [])]
    except ClientError as error:
        if error.response["Error"]["Code"] == NO_SUCH_UPLOAD:
            return ()
        raise
    parts = (UploadedPart(number=p["PartNumber"], etag=p["ETag"], size_bytes=p["Size"]) for p in listed)
    return tuple(sorted(parts, key=lambda part: part.number))


def part_size_of(size_bytes: int) -> int:
    """The smallest number of whole mebibytes with which at most `PARTS_MAX` parts are needed."""
    mebibyte = 1024**2
    needed = -(-size_bytes // PARTS_MAX)
    return max(PART_BYTES_MIN, -(-needed // mebibyte) * mebibyte)
