"""After a restart, a file without a video is deleted, and a video without its file is named in the log."""

from __future__ import annotations

from io import BytesIO

import pytest
from cinedex.library.domain.object_keys import UploadKey
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
