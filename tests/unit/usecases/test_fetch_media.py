"""The file behind a URL comes into the store, or its video says why not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cinedex.domain.errors import MediaError
from cinedex.domain.video import UploadStatus, Video

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


# What another has begun


class Killed(BaseException):
    """Nothing of the process runs any more."""


@pytest.fixture
def cut_short(house: House, monkeypatch: pytest.MonkeyPatch) -> Video:
    """Five bytes make a part; the process that fetched was killed behind the twelfth byte."""
    monkeypatch.setattr("cinedex.usecases.fetch_media.PART_BYTES", 5)
    house.web.chunks, house.web.validator, house.web.breaks = (b"0123456789ab",), '"etag"', Killed()
    video = house.uploading(source=URL)
    with pytest.raises(Killed):
        house.fetch(MINE, video.video_id, URL)
    house.web.chunks, house.web.breaks = (b"0123456789abcdef",), None
    return video


def test_a_download_whose_process_died_goes_on_behind_its_last_whole_part(house: House, cut_short: Video) -> None:
    house.fetch(MINE, cut_short.video_id, URL)
    assert house.media.files[cut_short.media.key] == b"0123456789abcdef"
    assert house.web.started == [0, 10]
    assert house.media.uploads == {}


def test_a_file_that_has_changed_meanwhile_is_downloaded_anew(house: House, cut_short: Video) -> None:
    house.web.chunks, house.web.validator = (b"another file",), '"other"'
    house.fetch(MINE, cut_short.video_id, URL)
    assert house.media.files[cut_short.media.key] == b"another file"
    assert house.media.uploads == {}


def test_a_file_that_has_become_small_meanwhile_leaves_no_parts(house: House, cut_short: Video) -> None:
    house.web.chunks, house.web.validator = (b"tiny",), '"other"'
    house.fetch(MINE, cut_short.video_id, URL)
    assert house.media.files[cut_short.media.key] == b"tiny"
    assert house.media.uploads == {}


def test_parts_that_were_dropped_meanwhile_are_downloaded_anew(house: House, cut_short: Video) -> None:
    house.partial.drop(cut_short.media.key)
    house.fetch(MINE, cut_short.video_id, URL)
    assert house.media.files[cut_short.media.key] == b"0123456789abcdef"


def test_a_server_that_names_no_version_is_asked_for_the_whole_again(house: House, cut_short: Video) -> None:
    house.videos.save(house.now(cut_short).changed(transfer=None))
    house.fetch(MINE, cut_short.video_id, URL)
    assert house.web.started == [0, 0]
    assert house.media.files[cut_short.media.key] == b"0123456789abcdef"
    assert house.media.uploads == {}


def test_two_at_a_time_store_one_file(house: House, cut_short: Video) -> None:
    """The second begins and finishes while the first is in the middle."""

    def overtaken() -> Iterator[bytes]:
        yield b"0123456789abcde"
        house.web.chunks = (b"0123456789abcdef",)
        house.fetch(MINE, cut_short.video_id, URL)
        yield b"f"

    house.web.chunks = overtaken()  # type: ignore[assignment]
    house.fetch(MINE, cut_short.video_id, URL)
    assert house.media.files[cut_short.media.key] == b"0123456789abcdef"
    assert house.now(cut_short).status is UploadStatus.UPLOADING
    assert house.media.uploads == {}


def test_one_that_is_overtaken_by_another_version_leaves(house: House, cut_short: Video) -> None:
    def overtaken() -> Iterator[bytes]:
        yield b"0123456789abcde"
        house.web.chunks, house.web.validator = (b"another file",), '"other"'
        house.fetch(MINE, cut_short.video_id, URL)
        yield b"fffffff"

    house.web.chunks = overtaken()  # type: ignore[assignment]
    house.fetch(MINE, cut_short.video_id, URL)
    assert house.media.files[cut_short.media.key] == b"another file"
    assert house.now(cut_short).error is None


def test_a_download_that_failed_for_good_leaves_no_parts(house: House, cut_short: Video) -> None:
    house.web.breaks = MediaError("too_large", "The file is too large.")
    house.fetch(MINE, cut_short.video_id, URL)
    assert house.now(cut_short).error_code == "too_large"
    assert house.media.uploads == {}
