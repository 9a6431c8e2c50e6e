"""Multipart uploads to S3, which another process can resume by their id."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from botocore.exceptions import ClientError

from cinedex.adapters.s3.media_store import NO_SUCH_UPLOAD, abort_uploads, list_uploaded_parts, s3_client
from cinedex.kernel.errors import NotFound
from cinedex.library.domain.expected_file import UploadedPart


class S3MultipartUploads:
    """`MultipartUploads`."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket
        self._client = s3_client()

    def begin(self, key: str, content_type: str) -> str:
        self.abort(key)
        created = self._client.create_multipart_upload(Bucket=self._bucket, Key=key, ContentType=content_type)
        return str(created["UploadId"])

    def list_parts(self, key: str, upload_id: str) -> tuple[UploadedPart, ...]:
        listed = list_uploaded_parts(self._client, self._bucket, key, upload_id)
        return tuple(part for number, part in zip(count(1), listed, strict=False) if part.number == number)

    def upload_part(self, key: str, upload_id: str, number: int, body: bytes) -> UploadedPart:
        try:
            response = self._client.upload_part(
                Bucket=self._bucket, Key=key, UploadId=upload_id, PartNumber=number, Body=body
            )
        except ClientError as error:
            raise _translate(error) from error
        return UploadedPart(number=number, etag=response["ETag"], size_bytes=len(body))

    def complete(self, key: str, upload_id: str, parts: Sequence[UploadedPart]) -> None:
        listed = [{"PartNumber": part.number, "ETag": part.etag} for part in parts]
        try:
            self._client.complete_multipart_upload(
                Bucket=self._bucket, Key=key, UploadId=upload_id, MultipartUpload={"Parts": listed}
            )
        except ClientError as error:
            raise _translate(error) from error

    def abort(self, key: str) -> None:
        abort_uploads(self._client, self._bucket, key)


def _translate(error: ClientError) -> Exception:
    if error.response["Error"]["Code"] == NO_SUCH_UPLOAD:
        return NotFound("The upload was aborted, or another process has completed it.")
    return error
