"""What only S3 has to get right: its URLs, its limits, and that nothing half-sent stays."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
import requests
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from cinedex.adapters.s3.media_store import PART_BYTES_MIN, PARTS_MAX, SINGLE_PUT_BYTES_MAX, S3MediaStore, part_size_of
from cinedex.adapters.s3.result_store import S3ResultStore
from cinedex.kernel.errors import InvalidInput
from cinedex.library.usecases.upload_video import UPLOAD_BYTES_MAX

from tests.contract.media_store.test_media_store import ODD_KEYS
from tests.support.aws import new_bucket

S3_PART_BYTES_MAX = 5 * 1024**3
MEBIBYTE = 1024**2


@pytest.fixture
def store(aws: None) -> S3MediaStore:
    return S3MediaStore(new_bucket())


@pytest.mark.parametrize("key", ODD_KEYS)
def test_a_download_url_opens_the_file_under_any_key(store: S3MediaStore, key: str) -> None:
    stored = store.put(key, BytesIO(b"bytes"), "video/mp4")
    assert requests.get(store.download_url(stored), timeout=10).content == b"bytes"


def test_a_download_url_names_the_file_in_any_script(store: S3MediaStore) -> None:
    stored = store.put("k", BytesIO(b"x"), "video/mp4")
    url = store.download_url(stored, 'ü"\r\nX-Evil: 1.mp4')
    assert "%250D%250A" in url
    assert "\r" not in url


def test_urls_are_signed_with_version_four(store: S3MediaStore) -> None:
    ticket = store.presigned_upload("k", 5, "video/mp4")
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in (ticket.url or "")


def test_the_content_type_of_a_file_is_stored(store: S3MediaStore) -> None:
    stored = store.put("k", BytesIO(b"x"), "video/webm")
    head = boto3.client("s3").head_object(Bucket=store.bucket, Key=stored.key)
    assert head["ContentType"] == "video/webm"


def test_deleting_aborts_only_the_uploads_of_the_key(store: S3MediaStore) -> None:
    for key in ("k", "k", "k2"):
        store.presigned_upload(key, SINGLE_PUT_BYTES_MAX + 1, "video/mp4")
    store.delete("k")
    left = boto3.client("s3").list_multipart_uploads(Bucket=store.bucket)["Uploads"]
    assert [u["Key"] for u in left] == ["k2"]


def test_deleting_removes_every_version(store: S3MediaStore) -> None:
    client = boto3.client("s3")
    client.put_bucket_versioning(Bucket=store.bucket, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"one", b"two"):
        store.put("k", BytesIO(body), "video/mp4")
    store.delete("k")
    assert "Versions" not in client.list_object_versions(Bucket=store.bucket)


@pytest.mark.parametrize(
    "size_bytes", [SINGLE_PUT_BYTES_MAX + 1, 100 * 1024**3, UPLOAD_BYTES_MAX - 1, UPLOAD_BYTES_MAX]
)
def test_a_file_of_any_size_fits_into_the_parts_that_s3_accepts(size_bytes: int) -> None:
    part = part_size_of(size_bytes)
    assert PART_BYTES_MIN <= part <= S3_PART_BYTES_MAX
    assert -(-size_bytes // part) <= PARTS_MAX


def test_an_upload_that_is_gone_is_a_fault_of_the_request(store: S3MediaStore) -> None:
    s3 = Stubber(store._client)
    s3.add_client_error("complete_multipart_upload", "NoSuchUpload", "There is no such upload.")
    with s3, pytest.raises(InvalidInput, match="no such upload"):
        store.complete_upload("k", "gone", [(1, '"etag"')])


@pytest.mark.parametrize("size_bytes", [5, 17 * 1024**2])
def test_a_presigned_upload_is_bound_to_the_size_of_what_is_sent(aws: None, size_bytes: int) -> None:
    ticket = S3MediaStore(new_bucket()).presigned_upload("k", size_bytes, "video/mp4")
    urls = [part.url for part in ticket.parts] or [ticket.url or ""]
    signed = [parse_qs(urlsplit(url).query)["X-Amz-SignedHeaders"][0].split(";") for url in urls]
    assert all("content-length" in headers for headers in signed)


def test_a_presigned_upload_is_bound_to_its_announced_checksum(aws: None) -> None:
    ticket = S3MediaStore(new_bucket()).presigned_upload("k", 5, "video/mp4", "0" * 43 + "=")
    assert "x-amz-checksum-sha256" in parse_qs(urlsplit(ticket.url or "").query)["X-Amz-SignedHeaders"][0]


@pytest.mark.parametrize(("status", "code"), [(403, "403"), (500, "500"), (503, "SlowDown"), (301, "301")])
def test_a_file_that_s3_cannot_look_up_now_is_not_reported_as_missing(aws: None, status: int, code: str) -> None:
    """Otherwise its upload would expire, and a result would be computed again."""
    store, results = S3MediaStore("bucket"), S3ResultStore("bucket")
    for client, look_up in ((store._client, store.find), (results._client, results.has)):
        with Stubber(client) as s3:
            s3.add_client_error("head_object", code, http_status_code=status)
            with pytest.raises(ClientError):
                look_up("k")


@pytest.mark.parametrize("code", ["404", "NoSuchKey", "NotFound"])
def test_a_file_that_s3_does_not_have_is_missing(aws: None, code: str) -> None:
    store, results = S3MediaStore("bucket"), S3ResultStore("bucket")
    with Stubber(store._client) as s3, Stubber(results._client) as s3_of_results:
        s3.add_client_error("head_object", code, http_status_code=404)
        s3_of_results.add_client_error("head_object", code, http_status_code=404)
        assert store.find("k") is None
        assert not results.has("k")


def test_a_result_that_s3_cannot_read_now_is_not_reported_as_missing(aws: None) -> None:
    results = S3ResultStore("bucket")
    s3 = Stubber(results._client)
    s3.add_client_error("get_object", "AccessDenied", http_status_code=403)
    with s3, pytest.raises(ClientError, match="AccessDenied"):
        results.get("k")


@pytest.mark.parametrize("code", ["InternalError", "SlowDown", "AccessDenied"])
def test_an_upload_that_s3_cannot_complete_now_is_no_fault_of_the_request(aws: None, code: str) -> None:
    store = S3MediaStore("bucket")
    s3 = Stubber(store._client)
    s3.add_client_error("complete_multipart_upload", code, http_status_code=503)
    with s3, pytest.raises(ClientError, match=code):
        store.complete_upload("k", "u", [(1, "etag")])


def test_the_parts_of_an_upload_are_completed_in_ascending_order(aws: None) -> None:
    """S3 refuses any other order with InvalidPartOrder, and clients list their parts in any order."""
    store = S3MediaStore("bucket")
    parts = [{"PartNumber": n, "ETag": f"etag{n}"} for n in (1, 2, 10)]
    expected = {"Bucket": "bucket", "Key": "k", "UploadId": "u", "MultipartUpload": {"Parts": parts}}
    with Stubber(store._client) as s3:
        s3.add_response("complete_multipart_upload", {}, expected)
        store.complete_upload("k", "u", [(10, "etag10"), (1, "etag1"), (2, "etag2")])
        s3.assert_no_pending_responses()
