"""Uploading a file to the store, in one request or in parts."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import stat
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
from cinedex_client.errors import ClientError, NotReady, Overloaded
from cinedex_client.upload import UploadDetails
from cinedex_client.upload_records import LIFETIME_S, RETENTION_S, UploadRecord, UploadRecords

from tests.support.wire import Wire

STORE = "http://store.test"
CONTENT = bytes(range(256)) * 40
PART_BYTES = 4096


class Store:
    """Returns a ticket and records what is stored; the first `failures` PUTs fail."""

    def __init__(self, ticket: dict[str, Any], *, failures: int = 0) -> None:
        self.ticket = ticket
        self.failures = failures
        self.stored: dict[str, bytes] = {}
        self.completed: dict[str, Any] = {}
        self.opened: dict[str, Any] = {}
        self.uploads = 0
        self.rejected: dict[str, int] = {}
        self.lost: list[int] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            return self._put(request)
        body = json.loads(request.content)
        if request.url.path.endswith("/complete"):
            self.completed = body
            if self.lost:
                return self._incomplete()
            return httpx.Response(200, json={"video_id": "v1", "status": "uploading", "metadata": None})
        self.opened, self.uploads = body, self.uploads + 1
        return httpx.Response(201, json={"video_id": "v1", "upload": self.ticket})

    def _incomplete(self) -> httpx.Response:
        details, self.lost = [{"missing_parts": self.lost}], []
        return httpx.Response(409, json={"error": {"message": "The upload is incomplete.", "details": details}})

    def _put(self, request: httpx.Request) -> httpx.Response:
        if self.failures:
            self.failures -= 1
            return httpx.Response(503)
        if request.url.path in self.rejected:
            return httpx.Response(self.rejected[request.url.path])
        self.stored[request.url.path] = request.content
        return httpx.Response(200, headers={"ETag": f'"tag of {request.url.path}"'})


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "my clip.mp4"
    path.write_bytes(CONTENT)
    return path


def in_one_request() -> dict[str, Any]:
    return {"method": "single", "url": f"{STORE}/file", "headers": {"Content-Type": "video/mp4"}}


def in_parts() -> dict[str, Any]:
    count = -(-len(CONTENT) // PART_BYTES)
    parts = [{"part_number": number, "url": f"{STORE}/{number}"} for number in range(1, count + 1)]
    return {"method": "multipart", "upload_id": "u1", "part_size_bytes": PART_BYTES, "parts": parts}


def test_a_file_is_announced_with_its_name_size_and_type(wire: Wire, clip: Path) -> None:
    wire.answers = store = Store(in_one_request())
    wire.deployment().upload(clip, UploadDetails(description="holiday", group_id="g1"), lambda _: None)
    assert store.opened == {
        "video_name": "my clip.mp4",
        "size_bytes": len(CONTENT),
        "content_type": "video/mp4",
        "checksum_sha256": hashlib.sha256(CONTENT).hexdigest(),
        "description": "holiday",
        "group_id": "g1",
    }


def test_a_small_file_is_sent_in_one_request_with_the_signed_headers(wire: Wire, clip: Path) -> None:
    wire.answers = store = Store(in_one_request())
    video = wire.deployment().upload(clip, UploadDetails(), lambda _: None)
    put = next(request for request in wire.requests if request.method == "PUT")
    assert (video.video_id, store.stored, store.completed["parts"]) == ("v1", {"/file": CONTENT}, [])
    assert (put.headers["content-type"], put.headers["content-length"]) == ("video/mp4", str(len(CONTENT)))


def test_the_parts_of_a_large_file_are_the_file(wire: Wire, clip: Path) -> None:
    wire.answers = store = Store(in_parts())
    wire.deployment().upload(clip, UploadDetails(), lambda _: None)
    assert b"".join(store.stored[path] for path in sorted(store.stored)) == CONTENT


def test_the_upload_is_completed_with_the_tag_of_every_part(wire: Wire, clip: Path) -> None:
    wire.answers = store = Store(in_parts())
    wire.deployment().upload(clip, UploadDetails(), lambda _: None)
    assert store.completed == {
        "upload_id": "u1",
        "parts": [{"part_number": number, "etag": f'"tag of /{number}"'} for number in (1, 2, 3)],
    }


def test_the_key_never_reaches_the_store(wire: Wire, clip: Path) -> None:
    wire.answers = Store(in_parts())
    wire.deployment().upload(clip, UploadDetails(), lambda _: None)
    to_the_store = [request for request in wire.requests if request.url.host == "store.test"]
    assert Counter("x-api-key" in request.headers for request in to_the_store) == {False: 3}


@pytest.mark.parametrize("ticket", [in_one_request(), in_parts()], ids=["one request", "parts"])
def test_a_failed_part_is_sent_again_and_counted_once(wire: Wire, clip: Path, ticket: dict[str, Any]) -> None:
    wire.answers = store = Store(ticket, failures=2)
    sent: list[int] = []
    wire.deployment().upload(clip, UploadDetails(), sent.append)
    assert sum(map(len, store.stored.values())) == len(CONTENT)
    assert sum(sent) == len(CONTENT)


def test_a_url_is_downloaded_by_the_deployment(wire: Wire) -> None:
    wire.in_turn(httpx.Response(202, json={"video_id": "v2", "status": "uploading", "metadata": None}))
    video = wire.deployment().upload_url("https://example.com/a.mp4", UploadDetails(name="A"))
    assert video.video_id == "v2"
    assert dict(httpx.QueryParams(wire.requests[0].content.decode())) == {
        "video_url": "https://example.com/a.mp4",
        "video_name": "A",
    }


@pytest.fixture
def interrupted(wire: Wire, clip: Path, tmp_path: Path) -> Store:
    """An upload in three parts whose last part could not be stored."""
    wire.answers = store = Store(in_parts())
    store.rejected = {"/3": 503}
    with pytest.raises(Overloaded):
        wire.deployment().upload(clip, resume_folder=tmp_path / "uploads")
    assert sorted(store.stored) == ["/1", "/2"]
    store.rejected, store.stored = {}, {}
    return store


def test_an_interrupted_upload_continues_with_the_missing_part(
    wire: Wire, clip: Path, tmp_path: Path, interrupted: Store
) -> None:
    sent: list[int] = []
    wire.deployment().upload(clip, on_progress=sent.append, resume_folder=tmp_path / "uploads")
    assert (sorted(interrupted.stored), interrupted.uploads, sum(sent)) == (["/3"], 1, len(CONTENT))
    assert interrupted.completed["parts"] == [
        {"part_number": number, "etag": f'"tag of /{number}"'} for number in (1, 2, 3)
    ]
    assert list((tmp_path / "uploads").iterdir()) == []


def test_parts_that_the_deployment_names_as_missing_are_sent_again(wire: Wire, clip: Path) -> None:
    wire.answers = store = Store(in_parts())
    store.lost = [1, 3]
    sent: list[int] = []
    wire.deployment().upload(clip, UploadDetails(), sent.append)
    puts = Counter(request.url.path for request in wire.requests if request.method == "PUT")
    assert puts == {"/1": 2, "/2": 1, "/3": 2}
    assert (len(store.completed["parts"]), store.uploads, sum(sent)) == (3, 1, len(CONTENT))


def test_a_file_of_another_size_than_announced_is_reported_by_the_deployment(wire: Wire, clip: Path) -> None:
    store = Store(in_one_request())
    refusal = {"error": {"message": "The upload is incomplete: 4 bytes arrived.", "details": [{"missing_parts": []}]}}
    wire.answers = lambda request: (
        httpx.Response(409, json=refusal) if request.url.path.endswith("/complete") else store(request)
    )
    with pytest.raises(NotReady, match="4 bytes arrived"):
        wire.deployment().upload(clip)


def test_a_file_that_becomes_shorter_while_it_is_uploaded_is_reported(wire: Wire, clip: Path) -> None:
    store = Store(in_one_request())

    def shorten(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/uploads"):
            clip.write_bytes(CONTENT[:100])
        return store(request)

    wire.answers = shorten
    with pytest.raises(ClientError, match="became shorter"):
        wire.deployment().upload(clip)


def test_an_upload_that_stored_no_part_is_resumed_as_the_same_video(wire: Wire, clip: Path, tmp_path: Path) -> None:
    wire.answers = store = Store(in_parts())
    store.rejected = {f"/{number}": 503 for number in (1, 2, 3)}
    with pytest.raises(Overloaded):
        wire.deployment().upload(clip, resume_folder=tmp_path / "uploads")
    store.rejected = {}
    wire.deployment().upload(clip, resume_folder=tmp_path / "uploads")
    assert (len(store.stored), store.uploads) == (3, 1)


def test_an_upload_without_a_folder_for_records_starts_over(wire: Wire, clip: Path, interrupted: Store) -> None:
    wire.deployment().upload(clip)
    assert (len(interrupted.stored), interrupted.uploads) == (3, 2)


def test_a_changed_file_is_uploaded_from_the_start(wire: Wire, clip: Path, tmp_path: Path, interrupted: Store) -> None:
    clip.write_bytes(CONTENT[::-1])
    os.utime(clip, ns=(0, 0))
    wire.deployment().upload(clip, resume_folder=tmp_path / "uploads")
    assert b"".join(interrupted.stored[path] for path in sorted(interrupted.stored)) == CONTENT[::-1]
    assert interrupted.uploads == 2


@pytest.mark.parametrize("status", [403, 404])
def test_an_upload_whose_urls_have_expired_starts_over(
    wire: Wire, clip: Path, tmp_path: Path, interrupted: Store, status: int
) -> None:
    interrupted.rejected = {"/3": status}
    interrupted.ticket = in_parts() | {"parts": [{"part_number": n, "url": f"{STORE}/new/{n}"} for n in (1, 2, 3)]}
    sent: list[int] = []
    wire.deployment().upload(clip, on_progress=sent.append, resume_folder=tmp_path / "uploads")
    assert (sorted(interrupted.stored), interrupted.uploads) == (["/new/1", "/new/2", "/new/3"], 2)
    assert sum(sent) == len(CONTENT)


def test_a_record_is_used_for_a_day_and_readable_by_its_owner_only(
    wire: Wire, clip: Path, tmp_path: Path, interrupted: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file,) = (tmp_path / "uploads").iterdir()
    records, now = UploadRecords(tmp_path / "uploads"), time.time()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert records.find(file.stem) is not None
    monkeypatch.setattr(time, "time", lambda: now + LIFETIME_S)
    assert records.find(file.stem) is None


@pytest.mark.parametrize("folder", ["/dev/null/cinedex/uploads", "my clip.mp4", "my clip.mp4/uploads"])
def test_an_upload_without_a_usable_folder_for_records_succeeds_with_one_warning(
    wire: Wire, clip: Path, folder: str, caplog: pytest.LogCaptureFixture
) -> None:
    wire.answers = store = Store(in_parts())
    with caplog.at_level(logging.WARNING, logger="cinedex_client"):
        wire.deployment().upload(clip, resume_folder=clip.parent / folder)
    assert b"".join(store.stored[path] for path in sorted(store.stored)) == CONTENT
    (warning,) = caplog.messages
    assert warning.startswith("This upload cannot be resumed if it is interrupted: ")


def test_a_record_that_cannot_be_read_or_removed_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "key.json").mkdir()
    records = UploadRecords(tmp_path)
    assert records.find("key") is None
    records.remove("key")
    assert (tmp_path / "key.json").is_dir()


def test_saving_a_record_deletes_records_of_more_than_seven_days_and_no_other_file(tmp_path: Path) -> None:
    now = time.time()
    ages_s = {
        f"{'a' * 64}.json": RETENTION_S + 60,
        f"{'b' * 64}.tmp": RETENTION_S + 60,
        f"{'c' * 64}.json": RETENTION_S - 60,
        "settings.json": RETENTION_S + 60,
    }
    for name, age_s in ages_s.items():
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (now - age_s, now - age_s))
    UploadRecords(tmp_path).save("d" * 64, UploadRecord(created={}))
    assert {file.name for file in tmp_path.iterdir()} == {f"{'c' * 64}.json", "settings.json", f"{'d' * 64}.json"}
