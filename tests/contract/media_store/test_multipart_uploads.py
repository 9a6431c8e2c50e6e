"""`MultipartUploads`: another process reads the parts that one has sent, and continues after them."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from cinedex.adapters.s3.multipart_uploads import S3MultipartUploads
from cinedex.kernel.errors import NotFound
from cinedex.library.ports.media_store import MediaStore
from cinedex.library.ports.multipart_uploads import MultipartUploads

FULL = b"x" * 5 * 1024**2  # S3 accepts a smaller part only as the last
KEY = "uploads/a/v/clip 1.mp4"


def test_parts_become_a_file_when_the_upload_is_finished(media: MediaStore, partial: MultipartUploads) -> None:
    upload_id = partial.begin(KEY, "video/mp4")
    sent = [partial.upload_part(KEY, upload_id, number, body) for number, body in ((1, FULL), (2, b"end"))]
    assert media.find(KEY) is None
    partial.complete(KEY, upload_id, sent)
    stored = media.find(KEY)
    assert stored is not None
    assert stored.size_bytes == len(FULL) + 3


def test_what_was_sent_is_found_again_up_to_the_first_gap(partial: MultipartUploads) -> None:
    upload_id = partial.begin(KEY, "video/mp4")
    sent = {number: partial.upload_part(KEY, upload_id, number, FULL) for number in (1, 2, 4)}
    assert [p.number for p in partial.list_parts(KEY, upload_id)] == [1, 2]
    assert [p.size_bytes for p in partial.list_parts(KEY, upload_id)] == [len(FULL)] * 2
    assert [p.etag.strip('"') for p in partial.list_parts(KEY, upload_id)] == [sent[n].etag.strip('"') for n in (1, 2)]


def test_a_part_sent_twice_is_one_part(media: MediaStore, partial: MultipartUploads) -> None:
    upload_id = partial.begin(KEY, "video/mp4")
    twice = [partial.upload_part(KEY, upload_id, 1, b"end") for _ in range(2)]
    partial.complete(KEY, upload_id, twice[:1])
    stored = media.find(KEY)
    assert stored is not None
    assert stored.size_bytes == 3


def test_a_new_upload_drops_what_was_unfinished(partial: MultipartUploads) -> None:
    first = partial.begin(KEY, "video/mp4")
    partial.upload_part(KEY, first, 1, FULL)
    partial.begin(KEY, "video/mp4")
    assert partial.list_parts(KEY, first) == ()


def test_a_finished_upload_has_no_parts_any_more(partial: MultipartUploads) -> None:
    upload_id = partial.begin(KEY, "video/mp4")
    partial.complete(KEY, upload_id, [partial.upload_part(KEY, upload_id, 1, b"end")])
    assert partial.list_parts(KEY, upload_id) == ()


def test_s3_s_refusal_tells_that_an_upload_is_gone(aws: None) -> None:
    """moto fails for uploads that do not exist, so the response of S3 is stubbed."""
    partial = S3MultipartUploads("bucket")
    with Stubber(partial._client) as s3:
        s3.add_client_error("complete_multipart_upload", "NoSuchUpload", "There is no such upload.")
        with pytest.raises(NotFound):
            partial.complete(KEY, "gone", [])
        s3.add_client_error("upload_part", "NoSuchUpload", "There is no such upload.")
        with pytest.raises(NotFound):
            partial.upload_part(KEY, "gone", 2, b"x")
        s3.add_client_error("upload_part", "SlowDown", "Please reduce your request rate.")
        with pytest.raises(ClientError):
            partial.upload_part(KEY, "there", 2, b"x")


def test_dropping_concerns_one_key_only(partial: MultipartUploads) -> None:
    mine, other = partial.begin(KEY, "video/mp4"), partial.begin(f"{KEY}2", "video/mp4")
    for key, upload_id in ((KEY, mine), (f"{KEY}2", other)):
        partial.upload_part(key, upload_id, 1, FULL)
    partial.abort(KEY)
    assert (len(partial.list_parts(KEY, mine)), len(partial.list_parts(f"{KEY}2", other))) == (0, 1)
