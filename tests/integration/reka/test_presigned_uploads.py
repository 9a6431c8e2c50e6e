"""Presigned uploads against the store of the local stack: whole files are accepted, all others are refused."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx
import pytest

from tests.support.callers import settled
from tests.support.clips import textured, tone, write_video

PART_BYTES = 16 * 1024**2


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An MPEG transport stream, which is decoded also with a hole."""
    pictures = [textured(1)] * 50 + [textured(2)] * 50
    return write_video(tmp_path_factory.mktemp("ts") / "clip.ts", pictures, sound=tone(4.0)).read_bytes()


def announce(api: httpx.Client, size_bytes: int, **more: Any) -> tuple[str, dict[str, Any]]:
    response = api.post("/v2/videos/uploads", json={"video_name": "clip.ts", "size_bytes": size_bytes, **more})
    assert response.status_code == 202, response.text
    return response.json()["video_id"], response.json()["upload"]


def complete(api: httpx.Client, video_id: str, **body: Any) -> httpx.Response:
    return api.post(f"/v2/videos/{video_id}/uploads/complete", json=body)


def put(upload: dict[str, Any], body: bytes) -> httpx.Response:
    return httpx.put(upload["url"], content=body, headers=upload["headers"], timeout=60)


def test_a_whole_file_with_its_checksum_is_uploaded(api: httpx.Client, recording: bytes) -> None:
    video_id, upload = announce(api, len(recording), checksum_sha256=hashlib.sha256(recording).hexdigest())
    assert put(upload, recording).status_code == 200
    assert complete(api, video_id).status_code == 202
    assert settled(api, video_id)["metadata"]["duration"] == pytest.approx(4, abs=0.3)
    api.delete(f"/v2/videos/{video_id}")


def test_the_store_refuses_another_size_and_another_checksum(api: httpx.Client, recording: bytes) -> None:
    video_id, upload = announce(api, len(recording), checksum_sha256=hashlib.sha256(recording).hexdigest())
    assert put(upload, recording[:-188]).status_code == 403
    assert put(upload, recording + recording[:188]).status_code == 403
    assert put(upload, recording[::-1]).status_code == 400
    refusal = complete(api, video_id)
    assert (refusal.status_code, refusal.json()["error"]["type"]) == (409, "conflict_error")
    assert api.get(f"/v2/videos/{video_id}").json()["status"] == "uploading"
    api.delete(f"/v2/videos/{video_id}")


def test_an_upload_in_parts_is_completed_only_as_a_whole(api: httpx.Client, recording: bytes) -> None:
    whole = recording * (2 * PART_BYTES // len(recording) + 1)
    video_id, upload = announce(api, len(whole), checksum_sha256=hashlib.sha256(whole).hexdigest())
    bodies = [whole[start : start + PART_BYTES] for start in range(0, len(whole), PART_BYTES)]
    etags = {}
    for part, body in list(zip(upload["parts"], bodies, strict=True))[::2]:
        etags[part["part_number"]] = httpx.put(part["url"], content=body, timeout=60).headers["etag"]
    listed = [{"part_number": number, "etag": etag} for number, etag in etags.items()]
    refusal = complete(api, video_id, upload_id=upload["upload_id"], parts=listed).json()["error"]
    assert refusal["details"][0]["missing_parts"] == [2]
    second = httpx.put(upload["parts"][1]["url"], content=bodies[1], timeout=60).headers["etag"]
    listed.append({"part_number": 2, "etag": second})
    assert complete(api, video_id, upload_id=upload["upload_id"], parts=listed).status_code == 202
    assert settled(api, video_id)["status"] == "uploaded"
    api.delete(f"/v2/videos/{video_id}")
