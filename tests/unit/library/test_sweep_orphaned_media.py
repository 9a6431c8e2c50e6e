"""After a restart, a file without a video is deleted, and a video without its file is named in the log."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import pytest
from cinedex.library.domain.object_keys import UploadKey
from cinedex.library.domain.video import Video
from cinedex.library.usecases.sweep_orphaned_media import SweepOrphanedMedia
from cinedex.library.usecases.upload_video import VideoDetails

from tests.support.memory.app_fixture import MINE, InMemoryApp


def sweep(app: InMemoryApp) -> int:
    return SweepOrphanedMedia(app.videos, app.all_videos, app.media)()


def test_a_file_without_a_video_is_deleted_and_logged(
    memory_app: InMemoryApp, caplog: pytest.LogCaptureFixture
) -> None:
    kept = memory_app.uploaded()
    memory_app.media.put(kept.media.key, BytesIO(b"film"), "video/mp4")
    orphan = str(UploadKey(account_id=MINE, video_id="gone", filename="a.mp4"))
    memory_app.media.put(orphan, BytesIO(b"film"), "video/mp4")
    assert sweep(memory_app) == 1
    assert list(memory_app.media.keys()) == [kept.media.key]
    assert [record.message for record in caplog.records] == ["a media file without a video was deleted"]


def test_no_file_is_deleted_when_the_table_has_none_of_the_videos(
    memory_app: InMemoryApp, caplog: pytest.LogCaptureFixture
) -> None:
    keys = {str(UploadKey(account_id=MINE, video_id=name, filename="a.mp4")) for name in ("one", "two")}
    for key in keys:
        memory_app.media.put(key, BytesIO(b"film"), "video/mp4")
    assert sweep(memory_app) == 0
    assert set(memory_app.media.keys()) == keys
    assert [record.message for record in caplog.records] == ["no media file has a video, so none is deleted"]


@pytest.mark.parametrize("count", [100, 101, 201])
def test_a_large_library_is_read_in_pages_of_a_hundred(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    sizes: list[int] = []
    get_many = memory_app.videos.get_many

    def counted(account_id: str, video_ids: Sequence[str]) -> Sequence[Video]:
        sizes.append(len(video_ids))
        return get_many(account_id, video_ids)

    for _ in range(count):
        memory_app.media.put(memory_app.uploaded().media.key, BytesIO(b"film"), "video/mp4")
    monkeypatch.setattr(memory_app.videos, "get_many", counted)
    assert sweep(memory_app) == 0
    assert sizes == [100] * (count // 100) + ([count % 100] if count % 100 else [])
    assert len(list(memory_app.media.keys())) == count


def test_an_object_that_is_no_file_of_a_video_stays(memory_app: InMemoryApp) -> None:
    mine = memory_app.uploaded()
    for key in (mine.media.key, "results/plan.json", "uploads/odd.mp4"):
        memory_app.media.put(key, BytesIO(b"film"), "video/mp4")
    assert sweep(memory_app) == 0
    assert set(memory_app.media.files) == {mine.media.key, "results/plan.json", "uploads/odd.mp4"}


def test_the_file_of_an_upload_in_progress_is_kept(memory_app: InMemoryApp) -> None:
    video = memory_app.upload.from_file(MINE, VideoDetails(), "a.mp4", BytesIO(b"film"))
    assert sweep(memory_app) == 0
    assert list(memory_app.media.keys()) == [video.media.key]


def test_a_video_whose_file_is_missing_is_named_in_the_log(
    memory_app: InMemoryApp, caplog: pytest.LogCaptureFixture
) -> None:
    video = memory_app.uploaded()
    memory_app.media.delete(video.media.key)
    assert sweep(memory_app) == 0
    assert [record.message for record in caplog.records] == ["the media file of a video is missing"]


def test_a_file_that_cannot_be_stored_leaves_no_video_behind(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(memory_app.media, "put", refuse)
    with pytest.raises(OSError, match="full"):
        memory_app.upload.from_file(MINE, VideoDetails(), "a.mp4", BytesIO(b"film"))
    assert memory_app.all_videos.page(None, 10)[0] == []
