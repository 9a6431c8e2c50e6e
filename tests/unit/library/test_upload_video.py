"""A video is known before a byte of it is stored, whichever way it comes."""

from __future__ import annotations

from io import BytesIO

import pytest
from cinedex.kernel.errors import ImpossibleValue, InvalidInput, NotFound
from cinedex.library.domain.object_keys import parse_upload_key
from cinedex.library.domain.video import StoredMedia, UploadStatus
from cinedex.library.ports.media_store import PresignedUpload, ReadableFile
from cinedex.library.usecases.upload_video import VideoDetails, content_type_of

from tests.support.memory.app_fixture import MINE, YOURS, InMemoryApp

NOTHING = VideoDetails()


def test_a_file_is_stored_under_its_account_and_video(memory_app: InMemoryApp) -> None:
    video = memory_app.upload.from_file(MINE, NOTHING, "my clip.mp4", BytesIO(b"bytes"))
    key = parse_upload_key(video.media.key)
    assert key is not None
    assert (key.account_id, key.video_id, key.filename) == (MINE, video.video_id, "my clip.mp4")
    assert memory_app.media.files[video.media.key] == b"bytes"
    assert memory_app.now(video).status is UploadStatus.UPLOADING


def test_a_video_is_stored_before_its_file(memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise a process that dies in between would leave a file that belongs to no video."""
    put, stored = memory_app.media.put, list[bool]()

    def observed(key: str, body: ReadableFile, content_type: str) -> StoredMedia:
        stored.append([video.media.key for video in memory_app.videos.list(MINE)] == [key])
        return put(key, body, content_type)

    monkeypatch.setattr(memory_app.media, "put", observed)
    memory_app.upload.from_file(MINE, NOTHING, "clip.mp4", BytesIO(b"x"))
    assert stored == [True]


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


@pytest.mark.parametrize("size_bytes", [0, -1, 5 * 2**40 + 1])
def test_a_file_of_an_impossible_size_is_refused(memory_app: InMemoryApp, size_bytes: int) -> None:
    with pytest.raises(ImpossibleValue, match="size_bytes"):
        memory_app.upload.create_presigned_upload(MINE, NOTHING, "clip.mp4", size_bytes)
    assert memory_app.videos.list(MINE) == []


@pytest.mark.parametrize("checksum", ["", "abc", "zz" * 32, "aGVsbG8=", "é" * 64])
def test_a_text_that_is_no_sha_256_is_refused(memory_app: InMemoryApp, checksum: str) -> None:
    with pytest.raises(InvalidInput, match="SHA-256"):
        memory_app.upload.create_presigned_upload(MINE, NOTHING, "clip.mp4", 5, checksum)
    assert memory_app.videos.list(MINE) == []


def test_a_checksum_of_a_file_that_is_too_large_to_compare_is_refused(memory_app: InMemoryApp) -> None:
    with pytest.raises(ImpossibleValue, match="omit it"):
        memory_app.upload.create_presigned_upload(MINE, NOTHING, "a.mp4", 4 * 2**30 + 1, "0" * 64)


@pytest.mark.parametrize(
    ("size_bytes", "checksum"), [(1, None), (1, "0" * 64), (4 * 2**30, "0" * 64), (5 * 2**40, None)]
)
def test_a_file_may_be_as_large_as_an_object_of_s3_and_compared_up_to_4_gib(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch, size_bytes: int, checksum: str | None
) -> None:
    monkeypatch.setattr(memory_app.media, "presigned_upload", lambda *_file: PresignedUpload(method="single"))
    video, _ = memory_app.upload.create_presigned_upload(MINE, NOTHING, "a.mp4", size_bytes, checksum)
    assert video.expected is not None
    assert (video.expected.size_bytes, video.expected.checksum_sha256 is None) == (size_bytes, checksum is None)


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


@pytest.mark.parametrize("filename", ["clip.mp4", "clip.webm", "clip.mp3", "clip.unheard", "clip"])
def test_a_file_is_stored_with_the_type_of_its_name(memory_app: InMemoryApp, filename: str) -> None:
    types = {"clip.mp4": "video/mp4", "clip.webm": "video/webm", "clip.mp3": "audio/mpeg"}
    assert content_type_of(filename) == types.get(filename, "application/octet-stream")


@pytest.mark.parametrize("url", ["http://media.test/a.mp4", "https://media.test:8443/a.mp4", "HTTP://MEDIA.TEST/A.MP4"])
def test_a_web_url_is_accepted(memory_app: InMemoryApp, url: str) -> None:
    assert memory_app.upload.from_url(MINE, NOTHING, url).status is UploadStatus.UPLOADING
