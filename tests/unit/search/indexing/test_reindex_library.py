"""A new index is filled from stored results, while the library changes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cinedex.kernel.errors import StaleRevision, StateConflict
from cinedex.kernel.retry import CONFLICT
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.video import Video
from cinedex.search.domain.index.reindexing import Reindexing, ReindexingStatus
from cinedex.search.domain.index.segment_document import QueryVector
from cinedex.search.usecases.indexing import reindex_library

from tests.support.memory.app_fixture import MINE, YOURS, InMemoryApp
from tests.support.memory.scenario import NOON
from tests.support.segments import segment_filter

FOREVER_S = 60.0
VECTOR = QueryVector(model="toy-3d", values=(1.0, 0.0, 0.0))


def matching_videos(memory_app: InMemoryApp, words: str, *videos: Video, account_id: str = MINE) -> set[str]:
    within = segment_filter(*(v.video_id for v in videos), account_id=account_id)
    return {hit.document.video_id for hit in memory_app.moments.search(words, None, within, 50).words}


def lose_everything(memory_app: InMemoryApp) -> None:
    for video in memory_app.videos.all():
        memory_app.moments.delete_video(video.account_id, video.video_id)


def test_reindexing_calls_no_model(memory_app: InMemoryApp) -> None:
    mine, yours = memory_app.analysed(), memory_app.analysed(account_id=YOURS)
    lose_everything(memory_app)
    assert matching_videos(memory_app, "rocket", mine) == set()
    done = memory_app.reindex_library()(FOREVER_S)
    assert (done.status, done.videos_done, done.segments_done) == (ReindexingStatus.FILLED, 2, 6)
    assert matching_videos(memory_app, "rocket", mine) == set()
    memory_app.swap()
    assert matching_videos(memory_app, "rocket", mine) == {mine.video_id}
    assert matching_videos(memory_app, "rocket", yours, account_id=YOURS) == {yours.video_id}
    assert memory_app.moments.search("", VECTOR, segment_filter(mine.video_id), 50).vectors


def test_an_interrupted_reindexing_continues_at_its_cursor(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reindex_library, "PAGE_VIDEOS", 2)
    videos = [memory_app.analysed() for _ in range(5)]
    lose_everything(memory_app)

    def cut_off(_: object) -> None:
        raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            memory_app.reindex_library()(FOREVER_S, cut_off)
    known = memory_app.reindexing.find()
    assert known is not None
    assert (known.status, known.videos_done) == (ReindexingStatus.FILLING, 4)
    assert memory_app.reindex_library()(FOREVER_S).videos_done == 5
    memory_app.swap()
    assert matching_videos(memory_app, "rocket", *videos) == {v.video_id for v in videos}


def test_a_slice_ends_in_time_and_leaves_the_rest_for_the_next(memory_app: InMemoryApp) -> None:
    memory_app.analysed()
    before = memory_app.reindex_library()(0.0)
    assert (before.status, before.videos_done) == (ReindexingStatus.FILLING, 0)
    assert memory_app.reindex_library()(FOREVER_S).status is ReindexingStatus.FILLED
    assert memory_app.reindex_library()(FOREVER_S).videos_done == 1


def test_it_goes_no_faster_than_it_may(memory_app: InMemoryApp) -> None:
    memory_app.analysed()
    memory_app.reindex_library(segments_per_s=0.5)(FOREVER_S)
    [pause_s] = memory_app.pauses
    assert pause_s == pytest.approx(6.0, abs=0.2)


def test_a_video_that_is_being_analysed_waits_until_it_is_done(memory_app: InMemoryApp) -> None:
    video, run = memory_app.started()

    def finish_meanwhile(_: float) -> None:
        if memory_app.runs.list_of(video.video_id):
            memory_app.run_analysis(run)

    done = replace(memory_app.reindex_library(), pause=finish_meanwhile)(FOREVER_S)
    assert (done.status, done.videos_done) == (ReindexingStatus.FILLED, 1)
    memory_app.swap()
    assert matching_videos(memory_app, "rocket", video) == {video.video_id}


def test_a_video_that_is_analysed_while_reindexing_runs_is_in_both(memory_app: InMemoryApp) -> None:
    old = memory_app.analysed()
    memory_app.reindex_library()(FOREVER_S)
    new = memory_app.analysed()
    assert matching_videos(memory_app, "rocket", old, new) == {old.video_id, new.video_id}
    memory_app.swap()
    assert matching_videos(memory_app, "rocket", old, new) == {old.video_id, new.video_id}


def test_a_change_that_comes_while_its_video_is_written_is_not_lost(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = memory_app.analysed()
    beside = memory_app.versions.next_index()
    write, changes = beside.replace_video, iter([{"title": "Reykjavik"}])

    def change_first(account_id: str, video_id: str, documents: object, fields: object) -> None:
        for change in changes:
            memory_app.describe(MINE, video_id, change)
        write(account_id, video_id, documents, fields)  # type: ignore[arg-type]

    monkeypatch.setattr(beside, "replace_video", change_first)
    memory_app.reindex_library()(FOREVER_S)
    memory_app.swap()
    assert matching_videos(memory_app, "Reykjavik", video) == {video.video_id}


def test_a_video_that_changes_during_every_attempt_is_postponed_and_then_indexed(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = memory_app.analysed()
    beside = memory_app.versions.next_index()
    write, titles = beside.replace_video, [f"Title {number}" for number in range(CONFLICT.attempts_max)]
    nested = []

    def change_first(account_id: str, video_id: str, documents: object, fields: object) -> None:
        if titles and not nested:
            nested.append(True)  # an update writes to this index, too
            memory_app.describe(MINE, video_id, {"title": titles.pop()})
            nested.clear()
        write(account_id, video_id, documents, fields)  # type: ignore[arg-type]

    monkeypatch.setattr(beside, "replace_video", change_first)
    waiting: list[int] = []
    done = memory_app.reindex_library()(FOREVER_S, lambda state: waiting.append(len(state.waiting)))
    assert (waiting[0], done.status, done.videos_done) == (1, ReindexingStatus.FILLED, 1)
    memory_app.swap()
    assert matching_videos(memory_app, "rocket", video) == {video.video_id}


def test_a_video_that_is_deleted_while_it_is_written_is_not_brought_back(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = memory_app.analysed()
    write = memory_app.versions.next_index().replace_video

    def delete_first(account_id: str, video_id: str, documents: object, fields: object) -> None:
        if video in memory_app.videos.all():
            memory_app.delete(MINE, video_id)
        write(account_id, video_id, documents, fields)  # type: ignore[arg-type]

    monkeypatch.setattr(memory_app.versions.next_index(), "replace_video", delete_first)
    memory_app.reindex_library()(FOREVER_S)
    memory_app.swap()
    assert matching_videos(memory_app, "rocket", video) == set()


def test_of_two_processes_that_continue_one_reindexing_one_stops(memory_app: InMemoryApp) -> None:
    memory_app.analysed()
    with pytest.raises(StaleRevision):
        memory_app.reindex_library()(FOREVER_S, lambda known: memory_app.reindexing.save(known) and None)


def test_a_video_without_a_transcript_is_no_obstacle(memory_app: InMemoryApp) -> None:
    memory_app.uploading()
    memory_app.uploaded()
    assert memory_app.reindex_library()(FOREVER_S).segments_done == 0


def test_an_index_is_not_swapped_before_it_is_filled(memory_app: InMemoryApp) -> None:
    memory_app.analysed(Feature.TRANSCRIPT)
    with pytest.raises(StateConflict, match=r"[Rr]eindex"):
        memory_app.swap()
    memory_app.reindex_library()(0.0)
    with pytest.raises(StateConflict, match="not complete"):
        memory_app.swap()


def test_after_a_swap_another_reindexing_can_start_and_old_indexes_are_deleted(memory_app: InMemoryApp) -> None:
    video = memory_app.analysed()
    for _ in range(2):
        memory_app.reindex_library()(FOREVER_S)
        memory_app.swap()
        memory_app.drop()
        assert memory_app.versions.versions().old == ()
    assert matching_videos(memory_app, "rocket", video) == {video.video_id}


def test_a_reindexing_can_be_cancelled(memory_app: InMemoryApp) -> None:
    video = memory_app.analysed()
    memory_app.reindex_library()(0.0)
    memory_app.drop(also_next=True)
    assert memory_app.versions.versions().next == ()
    assert memory_app.reindexing.find() is None
    assert matching_videos(memory_app, "rocket", video) == {video.video_id}


def test_a_reindexing_begins_with_nothing_done() -> None:
    new = Reindexing(started_at=NOON)
    assert (new.status, new.cursor, new.is_at_end, new.waiting) == (ReindexingStatus.FILLING, None, False, ())
    assert (new.videos_done, new.segments_done, new.revision) == (0, 0, 0)


def test_a_page_has_25_videos(memory_app: InMemoryApp) -> None:
    counts: list[int] = []
    for _ in range(26):
        memory_app.uploaded()
    memory_app.reindex_library()(1e9, lambda state: counts.append(state.videos_done))
    assert counts[:2] == [25, 26]


def test_a_video_that_is_being_analysed_is_looked_at_again_after_two_seconds(memory_app: InMemoryApp) -> None:
    memory_app.started()
    states: list[Reindexing] = []

    def stop(state: Reindexing) -> None:
        states.append(state)
        if len(states) == 4:
            raise StateConflict("enough")

    with pytest.raises(StateConflict, match="enough"):
        memory_app.reindex_library()(FOREVER_S, stop)
    assert memory_app.pauses == [2.0, 2.0, 2.0]
