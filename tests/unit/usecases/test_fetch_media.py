"""The file behind a URL comes into the store, or its video says why not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cinedex.domain.errors import MediaError
from cinedex.domain.video import UploadStatus

from tests.support.memory.house import MINE, House

URL = "https://media.test/clip.mp4"


def test_a_download_ends_in_the_store_under_the_video_s_key(house: House) -> None:
    video = house.uploading(source=URL)
    house.fetch(MINE, video.video_id, URL)
    assert house.media.files[video.media.key] == b"first second"
    assert house.now(video).status is UploadStatus.UPLOADING


@pytest.mark.parametrize("code", ["fetch_failed", "too_large"])
def test_a_download_that_breaks_off_fails_the_video_and_stores_nothing(house: House, code: str) -> None:
    video = house.uploading(source=URL)
    house.web.breaks = MediaError(code, "The download broke off.")  # type: ignore[arg-type]
    house.fetch(MINE, video.video_id, URL)
    after = house.now(video)
    assert (after.status, after.error_code, after.error) == (UploadStatus.FAILED, code, "The download broke off.")
    assert house.media.files == {}


def test_a_url_that_may_not_be_fetched_fails_the_video(house: House) -> None:
    video = house.uploading(source=URL)
    house.web.refusal = MediaError("fetch_failed", "The host cannot be found.")
    house.fetch(MINE, video.video_id, URL)
    assert house.now(video).error == "The host cannot be found."


def test_fetching_twice_downloads_once(house: House) -> None:
    video = house.uploading(source=URL)
    for _ in range(2):
        house.fetch(MINE, video.video_id, URL)
    assert house.web.opened == [URL]


def test_a_failed_video_is_not_fetched_again(house: House) -> None:
    video = house.uploading(source=URL, status=UploadStatus.FAILED)
    house.fetch(MINE, video.video_id, URL)
    assert house.web.opened == []


def test_a_deleted_video_is_not_fetched(house: House) -> None:
    video = house.uploading(source=URL)
    house.videos.delete(MINE, video.video_id)
    house.fetch(MINE, video.video_id, URL)
    assert house.web.opened == []


def test_a_video_deleted_while_it_was_fetched_leaves_no_file(house: House) -> None:
    video = house.uploading(source=URL)

    def deleting() -> Iterator[bytes]:
        yield b"bytes"
        house.delete(MINE, video.video_id)

    house.web.chunks = deleting()  # type: ignore[assignment]
    house.fetch(MINE, video.video_id, URL)
    assert house.media.files == {}


def test_a_video_deleted_while_its_download_broke_off_is_no_error(house: House) -> None:
    video = house.uploading(source=URL)

    def deleting() -> Iterator[bytes]:
        house.delete(MINE, video.video_id)
        raise MediaError("fetch_failed", "The download broke off.")
        yield b""

    house.web.chunks = deleting()  # type: ignore[assignment]
    house.fetch(MINE, video.video_id, URL)
    assert house.videos.list(MINE) == []
