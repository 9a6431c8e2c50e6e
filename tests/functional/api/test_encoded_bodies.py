"""Bodies with a byte order mark or in gzip are read; a small body that grows beyond the limit is refused."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest
from cinedex.api.requests.content_encoding import BYTES_MAX, gunzip
from cinedex.kernel.errors import InvalidInput, TooLarge

from tests.functional.library.test_upload_forms import MP4, part
from tests.support.api import Answer, Api
from tests.support.golden import ACCOUNT
from tests.support.memory.app_fixture import InMemoryApp

GROUP = json.dumps({"name": "Tours"}).encode()


def create(library: Api, body: bytes, **headers: str) -> Answer:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return library.call("POST", "/v2/video-groups", body=body, headers=given)


def test_json_may_begin_with_a_byte_order_mark(library: Api) -> None:
    assert create(library, b"\xef\xbb\xbf" + GROUP).body["name"] == "Tours"


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "x-gzip"])
def test_a_body_in_gzip_is_read(library: Api, coding: str) -> None:
    assert create(library, gzip.compress(GROUP), content_encoding=coding).body["name"] == "Tours"


def test_a_body_in_gzip_with_a_byte_order_mark_is_read(library: Api) -> None:
    assert create(library, gzip.compress(b"\xef\xbb\xbf" + GROUP), content_encoding="gzip").status == 200


def test_an_encoded_request_repeats_the_same_request(library: Api) -> None:
    first = create(library, GROUP, idempotency_key="k")
    again = create(library, gzip.compress(GROUP), content_encoding="gzip", idempotency_key="k")
    assert (again.status, again.body) == (200, first.body)


def test_a_form_in_gzip_is_read(memory_app: InMemoryApp, library: Api) -> None:
    body = gzip.compress(part('name="file"; filename="a.mp4"', MP4) + b"--b--\r\n")
    headers = {"content-encoding": "gzip"}
    kind = "multipart/form-data; boundary=b"
    answer = library.call("POST", "/v2/videos", body=body, content_type=kind, headers=headers)
    assert memory_app.media.files[memory_app.videos.get(ACCOUNT, answer.body["video_id"]).media.key] == MP4


@pytest.mark.parametrize(
    ("body", "coding", "message"),
    [
        (GROUP, "gzip", "The body is not valid gzip."),
        (gzip.compress(GROUP)[:-4], "gzip", "The body is incomplete gzip."),
        (zlib.compress(GROUP), "deflate", "Content-Encoding 'deflate' is not supported."),
        (GROUP, "br", "Content-Encoding 'br' is not supported."),
        (gzip.compress(gzip.compress(GROUP)), "gzip, gzip", "Content-Encoding 'gzip, gzip' is not supported."),
    ],
    ids=["not gzip", "incomplete", "deflate", "br", "twice"],
)
def test_a_body_that_cannot_be_decoded_is_refused(library: Api, body: bytes, coding: str, message: str) -> None:
    answer = create(library, body, content_encoding=coding)
    assert (answer.status, answer.error["param"]) == (400, "Content-Encoding")
    assert answer.error["message"].startswith(message)


def test_a_small_body_that_grows_beyond_the_limit_is_too_large(library: Api) -> None:
    bomb = gzip.compress(b" " * (BYTES_MAX + 1))
    assert len(bomb) < 10_000
    answer = create(library, bomb, content_encoding="gzip")
    assert (answer.status, answer.error["type"]) == (413, "validation_error")


def test_members_of_a_stream_share_one_limit() -> None:
    members = gzip.compress(b"x" * 60) * 2
    assert gunzip(members, 120) == b"x" * 120
    with pytest.raises(TooLarge):
        gunzip(members, 119)


def test_trailing_bytes_are_no_gzip() -> None:
    with pytest.raises(InvalidInput):
        gunzip(gzip.compress(b"x") + b"trailing", 100)
