"""Presigned URLs of the emulator do what players and large uploads need."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from local.stack import RunningStack

KEY = "uploads/a/b/clip with ünïcode.mp4"
CONTENT = bytes(range(256)) * 40


@pytest.fixture
def bucket(fixture_stack: RunningStack) -> str:
    return fixture_stack.deployment.outputs["BucketName"]


def presigned(stack: RunningStack, operation: str, **parameters: object) -> str:
    return stack.emulator.s3.generate_presigned_url(operation, Params=parameters)


def test_a_presigned_url_points_to_the_loopback_interface(fixture_stack: RunningStack, bucket: str) -> None:
    url = presigned(fixture_stack, "get_object", Bucket=bucket, Key=KEY)
    assert url.startswith(fixture_stack.emulator.endpoint_url)


def test_a_player_can_fetch_any_range(fixture_stack: RunningStack, bucket: str) -> None:
    fixture_stack.emulator.s3.put_object(Bucket=bucket, Key=KEY, Body=CONTENT, ContentType="video/mp4")
    url = presigned(fixture_stack, "get_object", Bucket=bucket, Key=KEY)
    answer = httpx.get(url, headers={"range": "bytes=1000-1999"}, trust_env=False, timeout=60)
    assert (answer.status_code, answer.content) == (206, CONTENT[1000:2000])
    assert answer.headers["content-range"] == f"bytes 1000-1999/{len(CONTENT)}"
    assert answer.headers["content-type"] == "video/mp4"


def test_a_page_of_any_origin_can_fetch(fixture_stack: RunningStack, bucket: str) -> None:
    fixture_stack.emulator.s3.put_object(Bucket=bucket, Key=KEY, Body=CONTENT)
    url = presigned(fixture_stack, "get_object", Bucket=bucket, Key=KEY)
    answer = httpx.get(url, headers={"origin": "http://127.0.0.1:3000"}, trust_env=False, timeout=60)
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_file_can_be_uploaded_in_presigned_parts(fixture_stack: RunningStack, bucket: str) -> None:
    s3: Any = fixture_stack.emulator.s3
    upload = {"Bucket": bucket, "Key": "parts.mp4"}
    upload_id = s3.create_multipart_upload(**upload)["UploadId"]
    pieces = [b"a" * 5 * 1024 * 1024, b"b" * 1000]
    parts = []
    for number, piece in enumerate(pieces, 1):
        url = presigned(fixture_stack, "upload_part", **upload, UploadId=upload_id, PartNumber=number)
        parts.append(
            {"PartNumber": number, "ETag": httpx.put(url, content=piece, trust_env=False, timeout=60).headers["etag"]}
        )
    s3.complete_multipart_upload(**upload, UploadId=upload_id, MultipartUpload={"Parts": parts})
    assert s3.get_object(**upload)["Body"].read() == b"".join(pieces)
