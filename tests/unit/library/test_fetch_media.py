"""The file behind a URL comes into the store, or its video says why not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cinedex.kernel.errors import MediaError
from cinedex.library.domain.expected_file import UploadedPart
from cinedex.library.domain.video import UploadStatus, Video

from tests.support.memory.app_fixture import MINE, InMemoryApp

URL = "https://media.test/clip.mp4"


def test_a_download_ends_in_the_store_under_the_video_s_key(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading(source=URL)
    memory_app.fetch(MINE, video.video_id, URL)
    assert memory_app.media.files[video.media.key] == b"first second"
    assert memory_app.now(video).status is UploadStatus.UPLOADING


@pytest.mark.parametrize("code", ["fetch_failed", "too_large"])
def test_a_download_that_breaks_off_fails_the_video_and_stores_nothing(memory_app: InMemoryApp, code: str) -> None:
    video = memory_app.uploading(source=URL)
    memory_app.web.breaks = MediaError(code, "The download broke off.")  # type: ignore[arg-type]
    memory_app.fetch(MINE, video.video_id, URL)
    after = memory_app.now(video)
    assert (after.status, after.error_code, after.error) == (UploadStatus.FAILED, code, "The download broke off.")
    assert memory_app.media.files == {}


def test_a_url_that_may_not_be_fetched_fails_the_video(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading(source=URL)
    memory_app.web.refusal = MediaError("fetch_failed", "The host cannot be found.")
    memory_app.fetch(MINE, video.video_id, URL)
    assert memory_app.now(video).error == "The host cannot be found."


def test_fetching_twice_downloads_once(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading(source=URL)
    for _ in range(2):
        memory_app.fetch(MINE, video.video_id, URL)
    assert memory_app.web.opened == [URL]


def test_a_failed_video_is_not_fetched_again(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading(source=URL, status=UploadStatus.FAILED)
    memory_app.fetch(MINE, video.video_id, URL)
    assert memory_app.web.opened == []


def test_a_deleted_video_is_not_fetched(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading(source=URL)
    memory_app.videos.delete(MINE, video.video_id)
    memory_app.fetch(MINE, video.video_id, URL)
    assert memory_app.web.opened == []


def test_a_video_deleted_while_it_was_fetched_leaves_no_file(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading(source=URL)

    def deleting() -> Iterator[bytes]:
        yield b"bytes"
        memory_app.delete(MINE, video.video_id)

    memory_app.web.chunks = deleting()  # type: ignore[assignment]
    memory_app.fetch(MINE, video.video_id, URL)
    assert memory_app.media.files == {}


def test_a_video_deleted_while_its_download_broke_off_is_no_error(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading(source=URL)

    def deleting() -> Iterator[bytes]:
        memory_app.delete(MINE, video.video_id)
        raise MediaError("fetch_failed", "The download broke off.")
        yield b""

    memory_app.web.chunks = deleting()  # type: ignore[assignment]
    memory_app.fetch(MINE, video.video_id, URL)
    assert memory_app.videos.list(MINE) == []


# What another has begun


class Killed(BaseException):
    """Nothing of the process runs any more."""


@pytest.fixture
def cut_short(memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch) -> Video:
    """Five bytes make a part; the process that fetched was killed behind the twelfth byte."""
    monkeypatch.setattr("cinedex.library.usecases.fetch_media.PART_BYTES", 5)
    memory_app.web.chunks, memory_app.web.validator, memory_app.web.breaks = (b"0123456789ab",), '"etag"', Killed()
    video = memory_app.uploading(source=URL)
    with pytest.raises(Killed):
        memory_app.fetch(MINE, video.video_id, URL)
    memory_app.web.chunks, memory_app.web.breaks = (b"0123456789abcdef",), None
    return video


def test_a_download_whose_process_died_is_resumed_after_its_last_whole_part(
    memory_app: InMemoryApp, cut_short: Video
) -> None:
    memory_app.fetch(MINE, cut_short.video_id, URL)
    assert memory_app.media.files[cut_short.media.key] == b"0123456789abcdef"
    assert memory_app.web.started == [0, 10]
    assert memory_app.media.uploads == {}


def test_a_file_that_has_changed_is_downloaded_from_the_start(memory_app: InMemoryApp, cut_short: Video) -> None:
    memory_app.web.chunks, memory_app.web.validator = (b"another file",), '"other"'
    memory_app.fetch(MINE, cut_short.video_id, URL)
    assert memory_app.media.files[cut_short.media.key] == b"another file"
    assert memory_app.media.uploads == {}


def test_a_file_that_has_become_small_meanwhile_leaves_no_parts(memory_app: InMemoryApp, cut_short: Video) -> None:
    memory_app.web.chunks, memory_app.web.validator = (b"tiny",), '"other"'
    memory_app.fetch(MINE, cut_short.video_id, URL)
    assert memory_app.media.files[cut_short.media.key] == b"tiny"
    assert memory_app.media.uploads == {}


def test_parts_that_were_dropped_meanwhile_are_downloaded_again(memory_app: InMemoryApp, cut_short: Video) -> None:
    memory_app.partial.abort(cut_short.media.key)
    memory_app.fetch(MINE, cut_short.video_id, URL)
    assert memory_app.media.files[cut_short.media.key] == b"0123456789abcdef"


def test_the_whole_file_is_requested_again_from_a_server_without_validators(
    memory_app: InMemoryApp, cut_short: Video
) -> None:
    memory_app.videos.save(memory_app.now(cut_short).changed(transfer=None))
    memory_app.fetch(MINE, cut_short.video_id, URL)
    assert memory_app.web.started == [0, 0]
    assert memory_app.media.files[cut_short.media.key] == b"0123456789abcdef"
    assert memory_app.media.uploads == {}


def test_two_concurrent_downloads_store_one_file(memory_app: InMemoryApp, cut_short: Video) -> None:
    """The second begins and finishes while the first is in the middle."""

    def overtaken() -> Iterator[bytes]:
        yield b"0123456789abcde"
        memory_app.web.chunks = (b"0123456789abcdef",)
        memory_app.fetch(MINE, cut_short.video_id, URL)
        yield b"f"

    memory_app.web.chunks = overtaken()  # type: ignore[assignment]
    memory_app.fetch(MINE, cut_short.video_id, URL)
    assert memory_app.media.files[cut_short.media.key] == b"0123456789abcdef"
    assert memory_app.now(cut_short).status is UploadStatus.UPLOADING
    assert memory_app.media.uploads == {}


def test_one_that_is_overtaken_by_another_version_leaves(memory_app: InMemoryApp, cut_short: Video) -> None:
    def overtaken() -> Iterator[bytes]:
        yield b"0123456789abcde"
        memory_app.web.chunks, memory_app.web.validator = (b"another file",), '"other"'
        memory_app.fetch(MINE, cut_short.video_id, URL)
        yield b"fffffff"

    memory_app.web.chunks = overtaken()  # type: ignore[assignment]
    memory_app.fetch(MINE, cut_short.video_id, URL)
    assert memory_app.media.files[cut_short.media.key] == b"another file"
    assert memory_app.now(cut_short).error is None


def test_a_download_that_failed_for_good_leaves_no_parts(memory_app: InMemoryApp, cut_short: Video) -> None:
    memory_app.web.breaks = MediaError("too_large", "The file is too large.")
    memory_app.fetch(MINE, cut_short.video_id, URL)
    assert memory_app.now(cut_short).error_code == "too_large"
    assert memory_app.media.uploads == {}


@pytest.mark.parametrize(("beyond", "in_parts"), [(-1, False), (0, True), (1, True)])
def test_a_download_of_16_mib_or_more_is_stored_in_parts(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch, beyond: int, in_parts: bool
) -> None:
    sizes: list[int] = []
    upload_part = memory_app.partial.upload_part

    def counted(key: str, upload_id: str, number: int, body: bytes) -> UploadedPart:
        sizes.append(len(body))
        return upload_part(key, upload_id, number, body)

    monkeypatch.setattr(memory_app.partial, "upload_part", counted)
    size = 16 * 2**20 + beyond
    memory_app.web.chunks = (bytes(size),)
    video = memory_app.uploading(source=URL)
    memory_app.fetch(MINE, video.video_id, URL)
    assert len(memory_app.media.files[video.media.key]) == size
    assert sizes == ([16 * 2**20, *([beyond] if beyond else [])] if in_parts else [])
    assert memory_app.media.uploads == {}
