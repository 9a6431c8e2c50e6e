"""Changes of videos reach the index: at once, later when its store does not answer, and in any order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from cinedex.adapters.dynamodb.reindexing import INDEX_UPDATE, StoredIndexUpdates
from cinedex.kernel.errors import NotFound, StaleRevision, StoreUnavailable, Unavailable
from cinedex.library.domain.video import Video
from cinedex.search.domain.index.index_update import IndexUpdate
from cinedex.search.domain.index.indexed_video import IndexedVideo, VideoConditions
from cinedex.search.domain.index.segment_document import SegmentFilter
from cinedex.search.usecases.indexing.index_video import IndexVideo
from cinedex.search.usecases.indexing.update_index import (
    RefreshFields,
    RunIndexUpdates,
    TrackChanges,
    changes_index,
)

from tests.support.memory.app_fixture import MINE, InMemoryApp
from tests.support.memory.repository import MemoryRepository
from tests.support.segments import unavailable


class Tracked:
    """An analysed video, and what brings its changes into the index."""

    def __init__(self, app: InMemoryApp) -> None:
        self.app, self.video = app, app.analysed()
        for collection_id in ("c1", "c2"):
            made = app.groups.create(MINE, collection_id, {})
            app.collections.repository.create(made.model_copy(update={"collection_id": collection_id}))
        self.updates = StoredIndexUpdates(MemoryRepository(INDEX_UPDATE))
        self.refresh = RefreshFields(IndexVideo(app.results, app.gather, app.moments))
        self.track = TrackChanges(self.updates, self.refresh, app.clock)
        self.run = RunIndexUpdates(self.updates, app.videos, self.refresh, app.clock)

    def move(self, collection_id: str | None) -> Video:
        moved = self.app.videos.get(MINE, self.video.video_id).changed(collection_id=collection_id)
        return self.track(moved, self.app.videos.save)

    def run_later(self) -> int:
        self.app.clock.advance(minutes=1)
        return self.run(10)

    def found_in(self, collection_id: str) -> bool:
        within = SegmentFilter(account_id=MINE, videos=VideoConditions(collection_ids=(collection_id,)))
        assert self.app.moments.count(within).videos == len({d.video_id for d in self.app.moments.documents(within, 9)})
        return self.app.moments.count(within).videos == 1


@pytest.fixture
def tracked(memory_app: InMemoryApp) -> Tracked:
    return Tracked(memory_app)


def test_a_moved_video_is_found_in_its_collection_at_once(tracked: Tracked) -> None:
    tracked.move("c1")
    assert tracked.found_in("c1")
    tracked.move("c2")
    assert (tracked.found_in("c1"), tracked.found_in("c2")) == (False, True)
    assert tracked.updates.list() == []


def test_a_change_that_the_store_did_not_get_is_repeated_until_it_has_it(
    tracked: Tracked, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as down:
        down.setattr(tracked.app.moments, "set_fields", unavailable)
        tracked.move("c1")
        assert [u.video_id for u in tracked.updates.list()] == [tracked.video.video_id]
        assert tracked.run_later() == 0
    assert not tracked.found_in("c1")
    assert tracked.run_later() == 1
    assert tracked.found_in("c1")
    assert tracked.updates.list() == []


def rejected(_video_id: str) -> None:
    raise Unavailable("The search store rejected a request.")


def unreadable(video_id: str) -> None:
    IndexUpdate.model_validate({"video_id": video_id})


@pytest.mark.parametrize("fail", [rejected, unreadable])
def test_a_video_that_fails_does_not_hold_up_the_next_one(
    tracked: Tracked, monkeypatch: pytest.MonkeyPatch, fail: Callable[[str], None]
) -> None:
    failing, other = tracked.video.video_id, tracked.app.analysed()
    set_fields = tracked.app.moments.set_fields

    def refuse_one(fields: IndexedVideo) -> bool:
        if fields.video_id == failing:
            fail(fields.video_id)
        return set_fields(fields)

    with monkeypatch.context() as down:
        down.setattr(tracked.app.moments, "set_fields", unavailable)
        tracked.move("c1")
        tracked.track(other.changed(collection_id="c2"), tracked.app.videos.save)
    monkeypatch.setattr(tracked.app.moments, "set_fields", refuse_one)
    assert tracked.run_later() == 1
    assert [update.video_id for update in tracked.updates.list()] == [failing]
    assert tracked.found_in("c2")


def test_a_store_that_does_not_answer_is_asked_once_and_not_for_every_video(
    tracked: Tracked, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def no_answer(fields: IndexedVideo) -> bool:
        asked.append(fields.video_id)
        raise StoreUnavailable

    monkeypatch.setattr(tracked.app.moments, "set_fields", no_answer)
    tracked.move("c1")
    tracked.move("c2")
    asked.clear()
    with pytest.raises(StoreUnavailable):
        tracked.run_later()
    assert len(asked) == 1


def test_a_store_that_cannot_change_fields_gets_the_documents_again(
    tracked: Tracked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracked.app.moments, "set_fields", lambda _video: False)
    tracked.move("c1")
    assert tracked.found_in("c1")


def test_of_two_changes_that_arrive_in_the_wrong_order_the_later_one_stays(tracked: Tracked) -> None:
    first, second = tracked.move("c1"), tracked.move("c2")
    tracked.refresh(first)
    assert tracked.found_in("c2")
    tracked.app.moments.replace_video(MINE, first.video_id, tracked.app.gather(first), IndexedVideo.of(first))
    assert tracked.found_in("c2")
    tracked.refresh(second)
    assert tracked.found_in("c2")


def test_the_update_of_a_change_that_was_not_stored_ends_with_the_scheduled_run(tracked: Tracked) -> None:
    def refuse(_video: Video) -> Video:
        raise StaleRevision("Another writer was faster.")

    with pytest.raises(StaleRevision):
        tracked.track(tracked.video.changed(collection_id="c1"), refuse)
    assert tracked.run_later() == 1
    assert tracked.updates.list() == []
    assert not tracked.found_in("c1")


def test_a_change_that_was_stored_although_its_reply_was_lost_reaches_the_index(tracked: Tracked) -> None:
    def lose_the_reply(video: Video) -> Video:
        tracked.app.videos.save(video)
        raise StaleRevision("Another writer was faster.")

    moved = tracked.app.videos.get(MINE, tracked.video.video_id).changed(collection_id="c1")
    with pytest.raises(StaleRevision):
        tracked.track(moved, lose_the_reply)
    assert tracked.run_later() == 1
    assert tracked.found_in("c1")


def test_an_update_waits_until_its_change_is_stored(tracked: Tracked) -> None:
    def save(video: Video) -> Video:
        assert tracked.run(10) == 0
        assert [u.video_id for u in tracked.updates.list()] == [video.video_id]
        return tracked.app.videos.save(video)

    tracked.track(tracked.app.videos.get(MINE, tracked.video.video_id).changed(collection_id="c1"), save)
    assert tracked.updates.list() == []
    assert tracked.found_in("c1")


def test_an_update_that_was_run_before_its_change_was_stored_is_run_again(
    tracked: Tracked, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save(video: Video) -> Video:
        assert tracked.run_later() == 1
        down.setattr(tracked.app.moments, "set_fields", unavailable)
        return tracked.app.videos.save(video)

    moved = tracked.app.videos.get(MINE, tracked.video.video_id).changed(collection_id="c1")
    with monkeypatch.context() as down:
        tracked.track(moved, save)
    assert tracked.run_later() == 1
    assert tracked.found_in("c1")


def test_a_change_is_stored_although_its_update_cannot_be_added_again(
    tracked: Tracked, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save(video: Video) -> Video:
        monkeypatch.setattr(tracked.app.moments, "set_fields", unavailable)
        monkeypatch.setattr(tracked.updates, "add", unavailable)
        return tracked.app.videos.save(video)

    moved = tracked.app.videos.get(MINE, tracked.video.video_id).changed(collection_id="c1")
    assert tracked.track(moved, save).collection_id == "c1"


def test_a_late_change_of_a_deleted_video_does_not_bring_it_back(
    tracked: Tracked, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as down:
        down.setattr(tracked.app.moments, "set_fields", unavailable)
        moved = tracked.move("c1")
    tracked.app.delete(MINE, moved.video_id)
    with pytest.raises(NotFound):
        tracked.app.videos.get(MINE, moved.video_id)
    tracked.refresh(moved)
    tracked.run_later()
    assert tracked.app.moments.count(SegmentFilter(account_id=MINE)).videos == 0
    assert tracked.updates.list() == []


def test_videos_of_an_earlier_version_get_their_fields(tracked: Tracked, monkeypatch: pytest.MonkeyPatch) -> None:
    video = tracked.video
    gone = "a-deleted-video"
    for video_id in (video.video_id, gone):
        tracked.app.moments.delete_video(MINE, video_id)
        tracked.app.moments.replace_video(MINE, video_id, tracked.app.gather(video) if video_id != gone else [])
    listed = tracked.app.moments.unknown_videos

    def one_at_a_time(_limit: int) -> Sequence[tuple[str, str]]:
        return listed(1)

    monkeypatch.setattr(tracked.app.moments, "unknown_videos", one_at_a_time)
    assert tracked.run_later() == 2
    assert tracked.app.moments.unknown_videos(9) == []
    assert tracked.app.moments.count(SegmentFilter(account_id=MINE)).videos == 1


def test_only_fields_by_which_searches_filter_are_tracked(tracked: Tracked) -> None:
    video = tracked.video
    assert changes_index(video, video.changed(collection_id="c1"))
    assert changes_index(video, video.changed(title="Another"))
    assert not changes_index(video, video.changed(description="Another", revision=9))
    assert not changes_index(video.changed(plan_key=None), video.changed(plan_key=None, collection_id="c1"))
