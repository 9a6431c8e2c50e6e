"""What comes late of a deleted video is erased until nothing can be late any more."""

from __future__ import annotations

from io import BytesIO

import pytest
from cinedex.kernel.errors import NotFound, Unavailable
from cinedex.library.domain.pending_deletion import PendingDeletion
from cinedex.library.usecases.delete_video import SweepDeletions

from tests.support.memory.app_fixture import MINE, InMemoryApp
from tests.support.ticking_clock import TickingClock


def test_a_deletion_in_mid_analysis_is_watched(memory_app: InMemoryApp) -> None:
    video, _ = memory_app.started()
    memory_app.delete(MINE, video.video_id)
    memory_app.results.put(f"results/{MINE}/{video.video_id}/shared/late/0-x.json", {})
    assert memory_app.sweep(60) == 1
    assert [key for key in memory_app.results.documents if video.video_id in key] == []


def test_the_deletion_of_an_upload_in_progress_is_repeated(memory_app: InMemoryApp) -> None:
    """Its file may arrive late."""
    video = memory_app.uploading()
    memory_app.delete(MINE, video.video_id)
    assert [deletion.video_id for deletion in memory_app.pending_deletions.list()] == [video.video_id]
    memory_app.media.put(video.media.key, BytesIO(b"late"), "video/mp4")
    assert memory_app.sweep(60) == 1
    assert memory_app.media.files == {}


def test_a_deletion_at_rest_is_forgotten_at_once(memory_app: InMemoryApp) -> None:
    memory_app.delete(MINE, memory_app.analysed().video_id)
    assert memory_app.pending_deletions.list() == []


def test_a_pending_deletion_is_removed_when_no_write_can_be_late(memory_app: InMemoryApp) -> None:
    video, _ = memory_app.started()
    memory_app.delete(MINE, video.video_id)
    memory_app.clock.advance(minutes=20)
    assert memory_app.sweep(60) == 1
    memory_app.clock.advance(seconds=1)
    assert (memory_app.sweep(60), memory_app.pending_deletions.list()) == (0, [])


def test_the_sweep_counts_what_is_still_pending(memory_app: InMemoryApp) -> None:
    for _ in range(3):
        video, _ = memory_app.started()
        memory_app.delete(MINE, video.video_id)
    assert memory_app.sweep(60) == 3


def test_an_interrupted_deletion_is_completed(memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch) -> None:
    video = memory_app.analysed()
    with monkeypatch.context() as broken:
        broken.setattr(memory_app.videos, "delete", _fail)
        with pytest.raises(OSError, match="power"):
            memory_app.delete(MINE, video.video_id)
    memory_app.sweep(60)
    with pytest.raises(NotFound):
        memory_app.videos.get(MINE, video.video_id)


class FailingErasure:
    """Fails for one video, and records the others."""

    def __init__(self, failing: str) -> None:
        self.failing, self.erased = failing, list[str]()

    def __call__(self, deletion: PendingDeletion, *, is_repeated: bool = False) -> bool:
        if deletion.video_id == self.failing:
            raise Unavailable("The object is locked.")
        self.erased.append(deletion.video_id)
        return False


def pending(memory_app: InMemoryApp, count: int) -> list[str]:
    videos = [memory_app.started()[0].video_id for _ in range(count)]
    for video_id in videos:
        memory_app.delete(MINE, video_id)
    return videos


def test_a_deletion_that_fails_does_not_hold_up_the_others(
    memory_app: InMemoryApp, caplog: pytest.LogCaptureFixture
) -> None:
    first, *others = pending(memory_app, 3)
    memory_app.clock.advance(minutes=21)
    erase = FailingErasure(first)
    assert SweepDeletions(memory_app.pending_deletions, erase, memory_app.clock)(60) == 1  # type: ignore[arg-type]
    assert sorted(erase.erased) == sorted(others)
    assert [one.video_id for one in memory_app.pending_deletions.list()] == [first]
    assert [vars(record)["video_id"] for record in caplog.records] == [first]


def test_a_sweep_that_has_no_time_left_counts_the_rest_and_ends_old_deletions_first(memory_app: InMemoryApp) -> None:
    old = pending(memory_app, 2)
    memory_app.clock.advance(minutes=21)
    pending(memory_app, 20)
    sweep = SweepDeletions(memory_app.pending_deletions, memory_app.erase, memory_app.clock, now_s=TickingClock())
    assert sweep(3) == 20
    assert not set(old) & {one.video_id for one in memory_app.pending_deletions.list()}


def _fail(*_: object) -> None:
    raise OSError("the power went")
