"""A video is known before a byte of it is stored, whichever way it comes."""

from __future__ import annotations

from io import BytesIO

import pytest
from cinedex.domain.errors import ImpossibleValue, InvalidInput, NotFound, StateConflict
from cinedex.domain.object_keys import parse_upload_key
from cinedex.domain.video import UploadStatus
from cinedex.usecases.upload_video import UPLOAD_BYTES_MAX, VideoDetails

from tests.support.memory.house import MINE, YOURS, House
from tests.support.memory.stores import PART_BYTES

NOTHING = VideoDetails()


def test_a_file_is_stored_under_its_account_and_video(house: House) -> None:
    video = house.upload.from_file(MINE, NOTHING, "my clip.mp4", BytesIO(b"bytes"))
    key = parse_upload_key(video.media.key)
    assert key is not None
    assert (key.account_id, key.video_id, key.filename) == (MINE, video.video_id, "my clip.mp4")
    assert house.media.files[video.media.key] == b"bytes"
    assert house.now(video).status is UploadStatus.UPLOADING


def test_a_file_without_a_display_name_is_called_by_its_filename(house: House) -> None:
    assert house.upload.from_file(MINE, NOTHING, "clip.mp4", BytesIO(b"x")).name == "clip.mp4"
    named = VideoDetails(name="Holiday", description="Sea and sand")
    video = house.upload.from_file(MINE, named, "clip.mp4", BytesIO(b"x"))
    assert (video.name, video.description) == ("Holiday", "Sea and sand")


def test_a_path_in_a_filename_leads_nowhere(house: House) -> None:
    video = house.upload.from_file(MINE, NOTHING, "../../yours/x/../clip.mp4", BytesIO(b"x"))
    assert video.media.key == f"uploads/{MINE}/{video.video_id}/clip.mp4"


def test_a_url_is_fetched_in_the_background_and_remembered(house: House) -> None:
    url = "https://media.test/a/holiday%20(1).mp4?size=big"
    video = house.upload.from_url(MINE, NOTHING, f"  {url} ")
    assert house.fetcher.requested == [(MINE, video.video_id, url)]
    assert (video.source, video.name) == (url, "holiday (1).mp4")


@pytest.mark.parametrize("url", ["", "  ", "\n"])
def test_an_empty_url_is_a_malformed_request(house: House, url: str) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        house.upload.from_url(MINE, NOTHING, url)


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
def test_a_url_that_cannot_be_fetched_is_refused_and_leaves_no_video(house: House, url: str) -> None:
    with pytest.raises(ImpossibleValue, match="http or https"):
        house.upload.from_url(MINE, NOTHING, url)
    assert house.videos.list(MINE) == []


def test_a_small_promised_file_is_sent_in_one_piece(house: House) -> None:
    video, ticket = house.upload.from_promise(MINE, NOTHING, "clip.mp4", 5)
    assert (ticket.method, ticket.headers) == ("single", {"Content-Type": "video/mp4"})
    house.media.send(ticket.url or "", b"bytes")
    assert house.upload.complete_promise(MINE, video.video_id, None, []) == video


def test_a_large_promised_file_is_sent_in_parts_that_are_put_together(house: House) -> None:
    video, ticket = house.upload.from_promise(MINE, NOTHING, "clip.mp4", PART_BYTES + 1)
    sent = [(p.part_number, house.media.send(p.url, b"x" * p.part_number)) for p in ticket.parts]
    house.upload.complete_promise(MINE, video.video_id, ticket.upload_id, sent)
    assert house.media.files[video.media.key] == b"xxx"


def test_completing_twice_changes_nothing(house: House) -> None:
    video, ticket = house.upload.from_promise(MINE, NOTHING, "clip.mp4", PART_BYTES + 1)
    sent = [(p.part_number, house.media.send(p.url, b"x")) for p in ticket.parts]
    for _ in range(2):
        assert house.upload.complete_promise(MINE, video.video_id, ticket.upload_id, sent) == video


def test_parts_that_are_missing_are_a_malformed_request(house: House) -> None:
    video, ticket = house.upload.from_promise(MINE, NOTHING, "clip.mp4", PART_BYTES + 1)
    with pytest.raises(InvalidInput, match="cannot be completed"):
        house.upload.complete_promise(MINE, video.video_id, ticket.upload_id, [(1, "etag")])


def test_a_promise_cannot_be_completed_before_the_file_has_come(house: House) -> None:
    video, _ = house.upload.from_promise(MINE, NOTHING, "clip.mp4", 5)
    with pytest.raises(StateConflict, match="No file has arrived"):
        house.upload.complete_promise(MINE, video.video_id, None, [])


def test_a_failed_upload_cannot_be_completed(house: House) -> None:
    video = house.uploading()
    house.videos.save(video.rejected("upload_expired", "Too late."))
    with pytest.raises(StateConflict, match="Too late"):
        house.upload.complete_promise(MINE, video.video_id, None, [])


def test_another_account_s_promise_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        house.upload.complete_promise(YOURS, house.uploading().video_id, None, [])


@pytest.mark.parametrize("size_bytes", [0, -1, UPLOAD_BYTES_MAX + 1])
def test_a_file_of_an_impossible_size_is_refused(house: House, size_bytes: int) -> None:
    with pytest.raises(ImpossibleValue, match="size_bytes"):
        house.upload.from_promise(MINE, NOTHING, "clip.mp4", size_bytes)
    assert house.videos.list(MINE) == []


def test_a_video_can_be_uploaded_into_a_collection(house: House) -> None:
    group = house.groups.create(MINE, "Holidays", {})
    details = VideoDetails(collection_id=group.collection_id)
    assert house.upload.from_file(MINE, details, "a.mp4", BytesIO(b"x")).collection_id == group.collection_id


@pytest.mark.parametrize("collection_id", [None, "", "default"])
def test_the_default_collection_is_none(house: House, collection_id: str | None) -> None:
    details = VideoDetails(collection_id=collection_id)
    assert house.upload.from_file(MINE, details, "a.mp4", BytesIO(b"x")).collection_id is None


def test_an_unknown_or_foreign_collection_is_not_found_before_anything_is_stored(house: House) -> None:
    foreign = house.groups.create(YOURS, "Secrets", {})
    with pytest.raises(NotFound):
        house.upload.from_file(MINE, VideoDetails(collection_id=foreign.collection_id), "a.mp4", BytesIO(b"x"))
    assert (house.media.files, house.videos.list(MINE)) == ({}, [])
