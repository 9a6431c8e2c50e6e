"""A video is known before a byte of it is stored, whichever way it comes."""

from __future__ import annotations

from io import BytesIO

import pytest
from cinedex.kernel.errors import ImpossibleValue, InvalidInput, NotFound, StateConflict
from cinedex.library.domain.object_keys import parse_upload_key
from cinedex.library.domain.video import UploadStatus
from cinedex.library.usecases.upload_video import UPLOAD_BYTES_MAX, VideoDetails

from tests.support.memory.app_fixture import MINE, YOURS, InMemoryApp
from tests.support.memory.stores import PART_BYTES

NOTHING = VideoDetails()


def test_a_file_is_stored_under_its_account_and_video(memory_app: InMemoryApp) -> None:
    video = memory_app.upload.from_file(MINE, NOTHING, "my clip.mp4", BytesIO(b"bytes"))
    key = parse_upload_key(video.media.key)
    assert key is not None
    assert (key.account_id, key.video_id, key.filename) == (MINE, video.video_id, "my clip.mp4")
    assert memory_app.media.files[video.media.key] == b"bytes"
    assert memory_app.now(video).status is UploadStatus.UPLOADING


def test_a_file_without_a_display_name_is_called_by_its_filename(memory_app: InMemoryApp) -> None:
    assert memory_app.upload.from_file(MINE, NOTHING, "clip.mp4", BytesIO(b"x")).name == "clip.mp4"
    named = VideoDetails(name="Holiday", description="Sea and sand")
    video = memory_app.upload.from_file(MINE, named, "clip.mp4", BytesIO(b"x"))
    assert (video.name, video.description) == ("Holiday", "Sea and sand")


def test_a_path_in_a_filename_leads_nowhere(memory_app: InMemoryApp) -> None:
    video = memory_app.upload.from_file(MINE, NOTHING, "../../yours/x/../clip.mp4", BytesIO(b"x"))
    assert video.media.key == f"uploads/{MINE}/{video.video_id}/clip.mp4"


def test_a_url_is_fetched_in_the_background_and_remembered(memory_app: InMemoryApp) -> None:
    url = "https://media.test/a/holiday%20(1).mp4?size=big"
    video = memory_app.upload.from_url(MINE, NOTHING, f"  {url} ")
    assert memory_app.fetcher.requested == [(MINE, video.video_id, url)]
    assert (video.source, video.name) == ("https://media.test/a/holiday%20(1).mp4", "holiday (1).mp4")
    assert video.fetch_url == url


@pytest.mark.parametrize("url", ["", "  ", "\n"])
def test_an_empty_url_is_a_malformed_request(memory_app: InMemoryApp, url: str) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        memory_app.upload.from_url(MINE, NOTHING, url)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://media.test/clip.mp4",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "clip.mp4",
        "https://",
        "https:///clip.mp4",
        "http://[::1/clip.mp4",
        "http://media.test:99999/clip.mp4",
        "http://media.test:x/clip.mp4",
        "http://media.test:0/clip.mp4",
    ],
)
def test_a_url_that_cannot_be_fetched_is_refused_and_leaves_no_video(memory_app: InMemoryApp, url: str) -> None:
    with pytest.raises(ImpossibleValue, match="http or https"):
        memory_app.upload.from_url(MINE, NOTHING, url)
    assert memory_app.videos.list(MINE) == []


def test_a_small_promised_file_is_sent_in_one_piece(memory_app: InMemoryApp) -> None:
    video, ticket = memory_app.upload.create_presigned_upload(MINE, NOTHING, "clip.mp4", 5)
    assert (ticket.method, ticket.headers) == ("single", {"Content-Type": "video/mp4"})
    memory_app.media.send(ticket.url or "", b"bytes")
    assert memory_app.upload.complete_upload(MINE, video.video_id, None, []) == video


def test_a_large_promised_file_is_sent_in_parts_that_are_put_together(memory_app: InMemoryApp) -> None:
    video, ticket = memory_app.upload.create_presigned_upload(MINE, NOTHING, "clip.mp4", PART_BYTES + 1)
    sent = [(p.part_number, memory_app.media.send(p.url, b"x" * p.part_number)) for p in ticket.parts]
    memory_app.upload.complete_upload(MINE, video.video_id, ticket.upload_id, sent)
    assert memory_app.media.files[video.media.key] == b"xxx"


def test_completing_twice_changes_nothing(memory_app: InMemoryApp) -> None:
    video, ticket = memory_app.upload.create_presigned_upload(MINE, NOTHING, "clip.mp4", PART_BYTES + 1)
    sent = [(p.part_number, memory_app.media.send(p.url, b"x")) for p in ticket.parts]
    for _ in range(2):
        assert memory_app.upload.complete_upload(MINE, video.video_id, ticket.upload_id, sent) == video


def test_parts_that_are_missing_are_a_malformed_request(memory_app: InMemoryApp) -> None:
    video, ticket = memory_app.upload.create_presigned_upload(MINE, NOTHING, "clip.mp4", PART_BYTES + 1)
    with pytest.raises(InvalidInput, match="cannot be completed"):
        memory_app.upload.complete_upload(MINE, video.video_id, ticket.upload_id, [(1, "etag")])


def test_a_promise_cannot_be_completed_before_the_file_has_come(memory_app: InMemoryApp) -> None:
    video, _ = memory_app.upload.create_presigned_upload(MINE, NOTHING, "clip.mp4", 5)
    with pytest.raises(StateConflict, match="No file has arrived"):
        memory_app.upload.complete_upload(MINE, video.video_id, None, [])


def test_a_failed_upload_cannot_be_completed(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    memory_app.videos.save(video.rejected("upload_expired", "Too late."))
    with pytest.raises(StateConflict, match="Too late"):
        memory_app.upload.complete_upload(MINE, video.video_id, None, [])


def test_another_account_s_promise_is_not_found(memory_app: InMemoryApp) -> None:
    with pytest.raises(NotFound):
        memory_app.upload.complete_upload(YOURS, memory_app.uploading().video_id, None, [])


@pytest.mark.parametrize("size_bytes", [0, -1, UPLOAD_BYTES_MAX + 1])
def test_a_file_of_an_impossible_size_is_refused(memory_app: InMemoryApp, size_bytes: int) -> None:
    with pytest.raises(ImpossibleValue, match="size_bytes"):
        memory_app.upload.create_presigned_upload(MINE, NOTHING, "clip.mp4", size_bytes)
    assert memory_app.videos.list(MINE) == []


def test_a_video_can_be_uploaded_into_a_collection(memory_app: InMemoryApp) -> None:
    group = memory_app.groups.create(MINE, "Holidays", {})
    details = VideoDetails(collection_id=group.collection_id)
    assert memory_app.upload.from_file(MINE, details, "a.mp4", BytesIO(b"x")).collection_id == group.collection_id


@pytest.mark.parametrize("collection_id", [None, ""])
def test_the_default_collection_is_none(memory_app: InMemoryApp, collection_id: str | None) -> None:
    details = VideoDetails(collection_id=collection_id)
    assert memory_app.upload.from_file(MINE, details, "a.mp4", BytesIO(b"x")).collection_id is None


def test_an_unknown_or_foreign_collection_is_not_found_before_anything_is_stored(memory_app: InMemoryApp) -> None:
    foreign = memory_app.groups.create(YOURS, "Secrets", {})
    with pytest.raises(NotFound):
        memory_app.upload.from_file(MINE, VideoDetails(collection_id=foreign.collection_id), "a.mp4", BytesIO(b"x"))
    assert (memory_app.media.files, memory_app.videos.list(MINE)) == ({}, [])
