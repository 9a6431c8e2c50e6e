"""A change is applied to the stored video, and again if another process has written it meanwhile."""

from __future__ import annotations

import pytest
from cinedex.kernel.errors import NotFound, StaleRevision
from cinedex.kernel.retry import CONFLICT
from cinedex.library.domain.video import Video
from cinedex.library.usecases.update_with_retry import update_with_retry

from tests.support.memory.app_fixture import MINE, InMemoryApp


def test_a_change_is_stored_under_the_next_revision(memory_app: InMemoryApp) -> None:
    video = memory_app.uploaded()
    after = update_with_retry(memory_app.videos, MINE, video.video_id, lambda v: v.changed(title="T"))
    assert after == memory_app.now(video)
    assert (after.title, after.revision) == ("T", video.revision + 1)


def test_a_change_that_changes_nothing_writes_nothing(memory_app: InMemoryApp) -> None:
    video = memory_app.uploaded()
    assert update_with_retry(memory_app.videos, MINE, video.video_id, lambda v: v) == video


def test_a_change_that_was_overtaken_is_made_to_the_newer_video(memory_app: InMemoryApp) -> None:
    video, rivals = memory_app.uploaded(), iter(("A", "B"))

    def change(before: Video) -> Video:
        for rival in rivals:
            memory_app.videos.save(before.changed(description=rival))
            break
        return before.changed(title="T")

    after = update_with_retry(memory_app.videos, MINE, video.video_id, change)
    assert (after.title, after.description) == ("T", "B")


def test_a_video_under_constant_change_is_given_up(memory_app: InMemoryApp) -> None:
    video, seen, slept = memory_app.uploaded(), list[int](), list[float]()

    def change(before: Video) -> Video:
        seen.append(before.revision)
        memory_app.videos.save(before.changed(description=f"{before.revision}"))
        return before.changed(title="T")

    with pytest.raises(StaleRevision, match="Try again"):
        update_with_retry(memory_app.videos, MINE, video.video_id, change, slept.append)
    assert len(seen) == len(slept) + 1 == CONFLICT.attempts_max


def test_a_deleted_video_is_not_brought_back(memory_app: InMemoryApp) -> None:
    video = memory_app.uploaded()

    def change(before: Video) -> Video:
        memory_app.videos.delete(MINE, video.video_id)
        return before.changed(title="T")

    with pytest.raises(NotFound):
        update_with_retry(memory_app.videos, MINE, video.video_id, change)
    assert memory_app.videos.list(MINE) == []
