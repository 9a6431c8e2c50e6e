"""A change is applied to what is stored, again if somebody else was faster."""

from __future__ import annotations

import pytest
from cinedex.domain.errors import NotFound, StaleRevision
from cinedex.domain.video import Video
from cinedex.usecases import edit_video as module
from cinedex.usecases.edit_video import ATTEMPTS_MAX, edit_video

from tests.support.memory.house import MINE, House


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE_MAX_S", 0.0)


def test_a_change_is_stored_under_the_next_revision(house: House) -> None:
    video = house.uploaded()
    after = edit_video(house.videos, MINE, video.video_id, lambda v: v.changed(title="T"))
    assert after == house.now(video)
    assert (after.title, after.revision) == ("T", video.revision + 1)


def test_a_change_that_changes_nothing_writes_nothing(house: House) -> None:
    video = house.uploaded()
    assert edit_video(house.videos, MINE, video.video_id, lambda v: v) == video


def test_a_change_that_was_overtaken_is_made_to_the_newer_video(house: House) -> None:
    video, rivals = house.uploaded(), iter(("A", "B"))

    def change(before: Video) -> Video:
        for rival in rivals:
            house.videos.save(before.changed(description=rival))
            break
        return before.changed(title="T")

    after = edit_video(house.videos, MINE, video.video_id, change)
    assert (after.title, after.description) == ("T", "B")


def test_a_video_under_constant_change_is_given_up(house: House) -> None:
    video, seen = house.uploaded(), list[int]()

    def change(before: Video) -> Video:
        seen.append(before.revision)
        house.videos.save(before.changed(description=f"{before.revision}"))
        return before.changed(title="T")

    with pytest.raises(StaleRevision, match="try again"):
        edit_video(house.videos, MINE, video.video_id, change)
    assert len(seen) == ATTEMPTS_MAX


def test_a_deleted_video_is_not_brought_back(house: House) -> None:
    video = house.uploaded()

    def change(before: Video) -> Video:
        house.videos.delete(MINE, video.video_id)
        return before.changed(title="T")

    with pytest.raises(NotFound):
        edit_video(house.videos, MINE, video.video_id, change)
    assert house.videos.list(MINE) == []
