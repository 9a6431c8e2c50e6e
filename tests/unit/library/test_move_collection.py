"""`MoveCollection`: jobs that are interrupted, repeated, and overtaken by clients."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from cinedex.kernel.errors import (
    CollectionNotFound,
    ImpossibleValue,
    JobNotFound,
    NotFound,
    StaleRevision,
    TooLarge,
    Unavailable,
)
from cinedex.kernel.ids import new_id
from cinedex.library.domain.collection import Collection
from cinedex.library.domain.collection_job import CollectionJob, JobKind
from cinedex.library.domain.list_query import VideoQuery
from cinedex.library.domain.video import Video
from cinedex.library.usecases import move_collection, update_with_retry
from cinedex.library.usecases.move_collection import MoveCollection
from cinedex.library.usecases.upload_video import VideoDetails
from cinedex.search.domain.index.indexed_video import VideoConditions
from cinedex.search.domain.index.segment_document import SegmentFilter

from tests.support.memory.app_fixture import MINE, YOURS, InMemoryApp
from tests.support.ticking_clock import TickingClock

VIDEOS = 11


@pytest.fixture
def group(memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of a collection of `VIDEOS` videos, of which a job moves two at a time."""
    monkeypatch.setattr(move_collection, "PAGE", 2)
    made = memory_app.groups.create(MINE, "Holidays", {}).collection_id
    memory_app.groups.move(MINE, made, [memory_app.uploaded().video_id for _ in range(VIDEOS)])
    return made


def slow(memory_app: InMemoryApp) -> MoveCollection:
    """Its requests and its runs end after a few pages."""
    return MoveCollection(
        memory_app.jobs, memory_app.collections, memory_app.videos, memory_app.clock, now_s=TickingClock()
    )


def left_in(memory_app: InMemoryApp, group: str) -> int | None:
    return memory_app.videos.count(MINE, VideoQuery(collection_id=group))


def test_a_small_collection_is_deleted_at_once(memory_app: InMemoryApp, group: str) -> None:
    job = memory_app.move_group.delete(MINE, group)
    assert (job.ended_at is not None, job.videos_total, job.videos_moved) == (True, VIDEOS, VIDEOS)
    assert left_in(memory_app, group) == 0
    assert memory_app.videos.count(MINE, VideoQuery()) == VIDEOS


def test_a_large_collection_is_gone_at_once_and_its_videos_leave_it_in_the_background(
    memory_app: InMemoryApp, group: str
) -> None:
    moving = slow(memory_app)
    job = moving.delete(MINE, group)
    with pytest.raises(NotFound):
        memory_app.groups.get(MINE, group)
    assert job.ended_at is None
    assert 0 < job.videos_moved < VIDEOS
    assert left_in(memory_app, group) == VIDEOS - job.videos_moved
    assert memory_app.move_group.continue_all(60) == 0
    ended = moving.get(MINE, job.job_id)
    assert (ended.videos_moved, ended.ended_at is not None, left_in(memory_app, group)) == (VIDEOS, True, 0)
    assert memory_app.jobs.list_open() == []


def test_a_run_that_has_no_time_left_continues_no_job(memory_app: InMemoryApp, group: str) -> None:
    slow(memory_app).delete(MINE, group)
    assert memory_app.move_group.continue_all(0) == 1


def your_group(memory_app: InMemoryApp) -> str:
    yours = memory_app.groups.create(YOURS, "Mine, too", {}).collection_id
    memory_app.groups.move(YOURS, yours, [memory_app.uploaded(account_id=YOURS).video_id for _ in range(VIDEOS)])
    return yours


def begin(memory_app: InMemoryApp, account_id: str, group: str, target: str | None = None) -> CollectionJob:
    """A job that its request has not advanced."""
    memory_app.clock.advance(seconds=1)
    made = CollectionJob(
        job_id=new_id(),
        account_id=account_id,
        kind=JobKind.MOVE_COLLECTION if target else JobKind.DELETE_COLLECTION,
        collection_id=group,
        target_id=target,
        created_at=memory_app.clock.now(),
        updated_at=memory_app.clock.now(),
    )
    return memory_app.jobs.add(made)


def test_moves_in_opposite_directions_end_one_after_the_other(
    memory_app: InMemoryApp, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(move_collection, "TURN_S_MAX", 3.0)
    other = memory_app.groups.create(MINE, "Work", {}).collection_id
    memory_app.groups.move(MINE, other, [memory_app.uploaded().video_id for _ in range(3)])
    jobs = [begin(memory_app, MINE, group, other), begin(memory_app, MINE, other, group)]
    assert slow(memory_app).continue_all(200) == 0
    moved = [memory_app.jobs.get(MINE, job.job_id).videos_moved for job in jobs]
    assert moved == [VIDEOS, VIDEOS + 3]
    assert (left_in(memory_app, group), left_in(memory_app, other)) == (VIDEOS + 3, 0)


def test_an_account_with_many_jobs_does_not_hold_up_another(
    memory_app: InMemoryApp, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(move_collection, "PAGE", 1)
    mine = [begin(memory_app, MINE, group) for _ in range(50)]
    yours = begin(memory_app, YOURS, your_group(memory_app))
    assert slow(memory_app).continue_all(20) == 51
    moved = [memory_app.jobs.get(job.account_id, job.job_id).videos_moved for job in (*mine[:2], yours)]
    assert moved[0] > 0
    assert moved[1] == 0
    assert abs(moved[2] - moved[0]) <= 5


def test_the_account_that_has_waited_longest_is_the_first(memory_app: InMemoryApp, group: str) -> None:
    mine, yours = begin(memory_app, MINE, group), begin(memory_app, YOURS, your_group(memory_app))
    for first in (mine, yours, mine):
        before = memory_app.jobs.get(first.account_id, first.job_id).videos_moved
        memory_app.clock.advance(seconds=1)
        assert slow(memory_app).continue_all(4) == 2
        assert memory_app.jobs.get(first.account_id, first.job_id).videos_moved > before


def test_a_job_that_fails_does_not_hold_up_the_next_one(
    memory_app: InMemoryApp, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for account, which in ((MINE, group), (YOURS, your_group(memory_app))):
        slow(memory_app).delete(account, which)
    page = memory_app.videos.page

    def fail_for_mine(account_id: str, *rest: Any) -> Any:
        if account_id == MINE:
            raise Unavailable("A video cannot be read.")
        return page(account_id, *rest)

    monkeypatch.setattr(memory_app.videos, "page", fail_for_mine)
    assert memory_app.move_group.continue_all(60) == 1
    assert [job.account_id for job in memory_app.jobs.list_open()] == [MINE]


def test_a_job_continues_after_a_crash_within_a_page(
    memory_app: InMemoryApp, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, saved = memory_app.videos.save, list[str]()

    def save_three(video: Video) -> Video:
        if len(saved) == 3:
            raise OSError("The process ends.")
        saved.append(video.video_id)
        return save(video)

    monkeypatch.setattr(memory_app.videos, "save", save_three)
    with pytest.raises(OSError, match="ends"):
        memory_app.move_group.delete(MINE, group)
    monkeypatch.setattr(memory_app.videos, "save", save)
    assert memory_app.move_group.continue_all(60) == 0
    assert left_in(memory_app, group) == 0


class Refusals:
    """The videos that cannot be stored now, with the error of each."""

    def __init__(self, memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch) -> None:
        self.errors, self._save = dict[str, Exception](), memory_app.videos.save
        monkeypatch.setattr(memory_app.videos, "save", self.save)

    def save(self, video: Video) -> Video:
        if video.video_id in self.errors:
            raise self.errors[video.video_id]
        return self._save(video)


@pytest.mark.parametrize("error", [Unavailable("Busy."), TooLarge("Over 400 KB."), StaleRevision("Busy.")])
def test_videos_that_cannot_be_stored_now_leave_the_collection_later_and_hold_up_no_others(
    memory_app: InMemoryApp, group: str, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(update_with_retry.CONFLICT.__class__, "pauses", lambda _: iter(()))
    refusals = Refusals(memory_app, monkeypatch)
    newest = memory_app.videos.page(MINE, VideoQuery(collection_id=group), 3).items
    refusals.errors = {video.video_id: error for video in newest}
    job = memory_app.move_group.delete(MINE, group)
    assert (job.ended_at, job.videos_moved, left_in(memory_app, group)) == (None, VIDEOS - 3, 3)
    following = begin(memory_app, MINE, memory_app.groups.create(MINE, "Work", {}).collection_id)
    assert memory_app.move_group.continue_all(60) == 1
    assert memory_app.jobs.get(MINE, following.job_id).ended_at is not None
    refusals.errors = {}
    assert memory_app.move_group.continue_all(60) == 0
    ended = memory_app.jobs.get(MINE, job.job_id)
    assert (ended.videos_moved, left_in(memory_app, group)) == (VIDEOS, 0)


def test_videos_that_fail_slowly_do_not_take_all_the_time_of_a_job(
    memory_app: InMemoryApp, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each run has time for one failure, and the two videos that fail are the first of the list."""
    refusals, moving = Refusals(memory_app, monkeypatch), slow(memory_app)
    newest = memory_app.videos.page(MINE, VideoQuery(collection_id=group), 2).items
    refusals.errors = {video.video_id: Unavailable("Busy.") for video in newest}
    job = begin(memory_app, MINE, group)
    for _ in range(VIDEOS):
        job = moving.advance(job, 2)
    assert left_in(memory_app, group) == 2


def test_the_request_is_answered_with_the_job_when_its_store_fails_after_the_collection_is_gone(
    memory_app: InMemoryApp, group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise Unavailable("The store does not answer.")

    with monkeypatch.context() as broken:
        broken.setattr(memory_app.videos, "page", fail)
        job = memory_app.move_group.delete(MINE, group)
    assert (job.ended_at, job.videos_moved) == (None, 0)
    assert memory_app.move_group.continue_all(60) == 0


def test_a_video_that_another_process_has_moved_is_not_counted(memory_app: InMemoryApp, group: str) -> None:
    job = begin(memory_app, MINE, group)
    (video,) = memory_app.videos.page(MINE, VideoQuery(collection_id=group), 1).items
    memory_app.videos.save(video.changed(collection_id=None))
    assert not memory_app.move_group._move(job, video.video_id)
    assert memory_app.move_group.advance(job, 60).videos_moved == VIDEOS - 1


def test_two_processes_that_continue_the_same_job_move_each_video_once(memory_app: InMemoryApp, group: str) -> None:
    stale = slow(memory_app).delete(MINE, group)
    memory_app.move_group.continue_all(60)
    again = memory_app.move_group.advance(stale, 60)
    assert again == memory_app.jobs.get(MINE, stale.job_id)
    assert left_in(memory_app, group) == 0


def test_a_video_that_a_client_moves_meanwhile_stays_where_it_is(memory_app: InMemoryApp, group: str) -> None:
    job = slow(memory_app).delete(MINE, group)
    other = memory_app.groups.create(MINE, "Work", {}).collection_id
    (video,) = memory_app.videos.page(MINE, VideoQuery(collection_id=group), 1).items
    memory_app.groups.move(MINE, other, [video.video_id])
    memory_app.move_group.advance(job, 60)
    assert memory_app.now(video).collection_id == other


def test_all_videos_of_a_collection_are_moved_into_another(memory_app: InMemoryApp, group: str) -> None:
    target = memory_app.groups.create(MINE, "Work", {}).collection_id
    job = memory_app.move_group.move(MINE, group, target)
    assert (job.videos_moved, left_in(memory_app, group), left_in(memory_app, target)) == (VIDEOS, 0, VIDEOS)
    assert memory_app.groups.get(MINE, group).name == "Holidays"


def test_a_job_ends_when_its_target_is_deleted(memory_app: InMemoryApp, group: str) -> None:
    target = memory_app.groups.create(MINE, "Work", {}).collection_id
    job = slow(memory_app).move(MINE, group, target)
    memory_app.move_group.delete(MINE, target)
    assert memory_app.move_group.advance(memory_app.jobs.get(MINE, job.job_id), 60).ended_at is not None
    assert left_in(memory_app, target) == 0


@pytest.mark.parametrize(
    "attempt",
    [
        lambda app, group: app.move_group.delete(YOURS, group),
        lambda app, group: app.move_group.move(YOURS, group, group),
        lambda app, group: app.move_group.get(YOURS, app.move_group.delete(MINE, group).job_id),
    ],
)
def test_another_account_has_no_part_in_it(
    memory_app: InMemoryApp, group: str, attempt: Callable[[InMemoryApp, str], CollectionJob]
) -> None:
    with pytest.raises(NotFound):
        attempt(memory_app, group)


def test_a_collection_cannot_be_moved_into_itself(memory_app: InMemoryApp, group: str) -> None:
    with pytest.raises(ImpossibleValue):
        memory_app.move_group.move(MINE, group, group)


def test_jobs_are_listed_newest_first(memory_app: InMemoryApp, group: str) -> None:
    first = memory_app.move_group.delete(MINE, group)
    second = memory_app.move_group.delete(MINE, memory_app.groups.create(MINE, "Work", {}).collection_id)
    page = memory_app.move_group.page(MINE, 1)
    rest = memory_app.move_group.page(MINE, 1, page.next_page_token)
    assert [job.job_id for job in (*page.items, *rest.items)] == [second.job_id, first.job_id]
    with pytest.raises(JobNotFound):
        memory_app.move_group.get(MINE, "none")


@pytest.mark.parametrize("join", ["update", "move", "upload"])
def test_a_video_joins_no_collection_that_is_deleted_after_the_request_has_read_it(
    memory_app: InMemoryApp, group: str, monkeypatch: pytest.MonkeyPatch, join: str
) -> None:
    video, read = memory_app.analysed(), memory_app.collections.get

    def deleted_when_read(account_id: str, collection_id: str) -> Collection:
        collection = read(account_id, collection_id)
        monkeypatch.setattr(memory_app.collections, "get", read)
        assert memory_app.move_group.delete(account_id, collection_id).ended_at is not None
        return collection

    requests = {
        "update": lambda: memory_app.describe(MINE, video.video_id, {"collection_id": group}),
        "move": lambda: memory_app.groups.move(MINE, group, [video.video_id]),
        "upload": lambda: memory_app.upload.from_file(MINE, VideoDetails(collection_id=group), "a.mp4", BytesIO(b"x")),
    }
    monkeypatch.setattr(memory_app.collections, "get", deleted_when_read)
    with pytest.raises(CollectionNotFound):
        requests[join]()
    assert {v.collection_id for v in memory_app.videos.all()} == {None}
    within = SegmentFilter(account_id=MINE, videos=VideoConditions(collection_ids=(group,)))
    assert memory_app.moments.count(within).videos == 0
