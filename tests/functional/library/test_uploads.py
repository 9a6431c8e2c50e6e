"""`/v2/videos`: uploads as a file, by URL and presigned."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from cinedex.kernel.ids import new_id
from cinedex_client.upload import UploadDetails, _request

from functions.library_api import handler
from tests.support.api import Answer, Api, answer_of
from tests.support.golden import ACCOUNT, received
from tests.support.memory.app_fixture import InMemoryApp
from tests.support.memory.stores import PART_BYTES

FORM = "application/x-www-form-urlencoded"
URL = "https://media.test/a%20clip.mp4"


def multipart(fields: dict[str, str], file: tuple[str, bytes] | None = None) -> tuple[bytes, str]:
    lines = [f'--b\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in fields.items()]
    if file is not None:
        head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{file[0]}"\r\n\r\n'
        lines.append(head.encode() + file[1] + b"\r\n")
    return b"".join(lines) + b"--b--\r\n", "multipart/form-data; boundary=b"


def upload(library: Api, body: bytes, content_type: str) -> Answer:
    return library.call("POST", "/v2/videos", body=body, content_type=content_type)


def test_the_golden_upload_stores_its_bytes_without_a_name_being_given(memory_app: InMemoryApp) -> None:
    event = received("api_gateway_upload_file")
    answer = answer_of(handler(event, None))
    assert (answer.status, answer.body["status"], answer.body["metadata"]) == (202, "uploading", None)
    video = memory_app.videos.get(ACCOUNT, answer.body["video_id"])
    assert (video.name, video.media.key.rsplit("/", 1)[1]) == ("my clip.mp4", "my clip.mp4")
    assert memory_app.media.files[video.media.key] == b"\x00\x00\x00\x18ftypmp42\xff\xfe"
    assert memory_app.media.files[video.media.key] in base64.b64decode(event["body"])


def test_a_file_is_uploaded_with_a_name_and_a_description(memory_app: InMemoryApp, library: Api) -> None:
    fields = {"video_name": "Übung", "description": "a & b"}
    answer = upload(library, *multipart(fields, ("clip.mp4", b"bytes")))
    video = memory_app.videos.get(ACCOUNT, answer.body["video_id"])
    assert (answer.status, video.name, video.description) == (202, "Übung", "a & b")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (urlencode({"video_url": URL, "video_name": "Clip"}).encode(), FORM),
        (json.dumps({"video_url": URL, "video_name": "Clip"}).encode(), "application/json; charset=utf-8"),
        multipart({"video_url": URL, "video_name": "Clip"}),
    ],
)
def test_a_url_is_accepted_in_three_encodings(
    memory_app: InMemoryApp, library: Api, body: bytes, content_type: str
) -> None:
    answer = upload(library, body, content_type)
    assert answer.status == 202
    assert memory_app.fetcher.requested == [(ACCOUNT, answer.body["video_id"], URL)]
    assert memory_app.videos.get(ACCOUNT, answer.body["video_id"]).name == "Clip"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        multipart({"video_url": URL}, ("clip.mp4", b"bytes")),
        multipart({"video_name": "Clip"}),
        (b"", FORM),
        (b"{}", "application/json"),
        (b"", ""),
    ],
)
def test_an_upload_requires_exactly_one_of_file_and_url(
    memory_app: InMemoryApp, library: Api, body: bytes, content_type: str
) -> None:
    answer = upload(library, body, content_type)
    assert (answer.status, answer.error["type"], answer.error["param"]) == (400, "validation_error", "file")
    assert memory_app.videos.list(ACCOUNT) == []


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'{"video_url": 7}', "application/json"),
        (b"\xff\xfe", "application/json"),
        (json.dumps({"video_url": URL, "video_name": "x" * 501}).encode(), "application/json"),
        (b"no boundary", "multipart/form-data"),
        (b"--b\r\nbroken", "multipart/form-data; boundary=b"),
    ],
)
def test_a_malformed_upload_is_a_validation_error(
    memory_app: InMemoryApp, library: Api, body: bytes, content_type: str
) -> None:
    answer = upload(library, body, content_type)
    assert (answer.status, answer.error["type"]) == (400, "validation_error")
    assert memory_app.videos.list(ACCOUNT) == []


@pytest.mark.parametrize("url", ["ftp://media.test/x", "http://[::1", "nonsense", "http://media.test:99999/"])
def test_a_url_that_cannot_be_fetched_is_unprocessable(library: Api, url: str) -> None:
    answer = library.post("/v2/videos", {"video_url": url})
    assert (answer.status, answer.error["param"]) == (422, "video_url")


@pytest.mark.parametrize("group_id", ["", "default"])
def test_an_upload_to_the_default_group_is_in_no_collection(
    memory_app: InMemoryApp, library: Api, group_id: str
) -> None:
    answer = upload(library, *multipart({"group_id": group_id}, ("clip.mp4", b"bytes")))
    assert answer.status == 202
    assert memory_app.videos.get(ACCOUNT, answer.body["video_id"]).collection_id is None


def test_an_unknown_group_is_not_found_before_anything_is_stored(memory_app: InMemoryApp, library: Api) -> None:
    answer = upload(library, *multipart({"group_id": new_id()}, ("clip.mp4", b"bytes")))
    assert (answer.status, answer.error["type"]) == (404, "not_found_error")
    assert memory_app.media.files == {}


def test_a_large_file_is_uploaded_directly_to_the_store(memory_app: InMemoryApp, library: Api) -> None:
    presigned = library.post("/v2/videos/uploads", {"video_name": "clip.mp4", "size_bytes": PART_BYTES + 1})
    assert presigned.status == 202
    video_id, target = presigned.body["video_id"], presigned.body["upload"]
    bodies = [b"x" * PART_BYTES, b"y"]
    etags = [memory_app.media.send(part["url"], body) for part, body in zip(target["parts"], bodies, strict=True)]
    parts = [{"part_number": number, "etag": etag} for number, etag in enumerate(etags, 1)]
    finished = {"upload_id": target["upload_id"], "parts": parts}
    for _ in range(2):
        answer = library.post(f"/v2/videos/{video_id}/uploads/complete", finished)
        assert (answer.status, answer.body["status"]) == (202, "uploading")
    assert memory_app.media.files[memory_app.videos.get(ACCOUNT, video_id).media.key] == b"".join(bodies)


def test_an_incomplete_upload_is_refused_and_named(memory_app: InMemoryApp, library: Api) -> None:
    presigned = library.post("/v2/videos/uploads", {"video_name": "clip.mp4", "size_bytes": PART_BYTES + 1}).body
    etag = memory_app.media.send(presigned["upload"]["parts"][0]["url"], b"x" * PART_BYTES)
    finished = {"upload_id": presigned["upload"]["upload_id"], "parts": [{"part_number": 1, "etag": etag}]}
    answer = library.post(f"/v2/videos/{presigned['video_id']}/uploads/complete", finished)
    assert (answer.status, answer.error["type"], answer.error["param"]) == (409, "conflict_error", "parts")
    assert answer.error["message"] == (
        "The upload is incomplete: 16777216 bytes arrived, 16777217 were announced in size_bytes. Missing: part 2."
    )
    assert answer.error["details"] == [
        {"expected_bytes": PART_BYTES + 1, "received_bytes": PART_BYTES, "missing_parts": [2]}
    ]


@pytest.mark.parametrize(
    ("document", "status"),
    [
        ({"video_name": "clip.mp4", "size_bytes": 0}, 422),
        ({"video_name": "clip.mp4", "size_bytes": 10**30}, 422),
        ({"video_name": "", "size_bytes": 5}, 400),
        ({"video_name": "clip.mp4", "size_bytes": 5, "checksum_sha256": "abc"}, 400),
        ({"video_name": "clip.mp4", "size_bytes": 10**10, "checksum_sha256": "0" * 64}, 422),
        ({"video_name": "clip.mp4"}, 400),
    ],
)
def test_a_presigned_upload_with_invalid_values_is_rejected(
    library: Api, document: dict[str, Any], status: int
) -> None:
    assert library.post("/v2/videos/uploads", document).status == status


def test_a_presigned_upload_accepts_what_the_client_sends(library: Api, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"bytes")
    assert library.post("/v2/videos/uploads", _request(path, UploadDetails())).status == 202


def test_a_presigned_upload_without_its_file_cannot_be_completed(library: Api) -> None:
    video_id = library.post("/v2/videos/uploads", {"video_name": "a.mp4", "size_bytes": 5}).body["video_id"]
    assert library.post(f"/v2/videos/{video_id}/uploads/complete", {}).status == 409
