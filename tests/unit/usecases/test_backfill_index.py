"""A new index is filled from what is stored, while the library goes on changing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cinedex.domain.backfill import BackfillStatus
from cinedex.domain.errors import StaleRevision, StateConflict
from cinedex.domain.feature import Feature
from cinedex.domain.moment import QueryVector
from cinedex.domain.video import Video
from cinedex.usecases import backfill_index

from tests.support.memory.house import MINE, YOURS, House
from tests.support.moments import seen

FOREVER_S = 60.0
VECTOR = QueryVector(model="toy-3d", values=(1.0, 0.0, 0.0))


def found(house: House, asked: str, *videos: Video, account_id: str = MINE) -> set[str]:
    within = seen(*(v.video_id for v in videos), account_id=account_id)
    return {hit.document.video_id for hit in house.moments.search(asked, None, within, 50).words}


def lose_everything(house: House) -> None:
    for video in house.videos.everything():
        house.moments.delete_video(video.account_id, video.video_id)


def test_what_was_stored_is_searched_again_without_a_model_being_asked(house: House) -> None:
    mine, yours = house.analysed(), house.analysed(account_id=YOURS)
    lose_everything(house)
    assert found(house, "rocket", mine) == set()
    done = house.backfilling()(FOREVER_S)
    assert (done.status, done.videos_done, done.segments_done) == (BackfillStatus.FILLED, 2, 6)
    assert found(house, "rocket", mine) == set()
    house.swap()
    assert found(house, "rocket", mine) == {mine.video_id}
    assert found(house, "rocket", yours, account_id=YOURS) == {yours.video_id}
    assert house.moments.search("", VECTOR, seen(mine.video_id), 50).vectors


def test_a_backfill_that_was_cut_off_goes_on_where_it_was(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backfill_index, "PAGE", 2)
    videos = [house.analysed() for _ in range(5)]
    lose_everything(house)

    def cut_off(_: object) -> None:
        raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            house.backfilling()(FOREVER_S, cut_off)
    known = house.backfills.find()
    assert known is not None
    assert (known.status, known.videos_done) == (BackfillStatus.FILLING, 4)
    assert house.backfilling()(FOREVER_S).videos_done == 5
    house.swap()
    assert found(house, "rocket", *videos) == {v.video_id for v in videos}


def test_a_slice_ends_in_time_and_leaves_the_rest_for_the_next(house: House) -> None:
    house.analysed()
    before = house.backfilling()(0.0)
    assert (before.status, before.videos_done) == (BackfillStatus.FILLING, 0)
    assert house.backfilling()(FOREVER_S).status is BackfillStatus.FILLED
    assert house.backfilling()(FOREVER_S).videos_done == 1


def test_it_goes_no_faster_than_it_may(house: House) -> None:
    house.analysed()
    house.backfilling(segments_per_s=0.5)(FOREVER_S)
    [pause_s] = house.pauses
    assert pause_s == pytest.approx(6.0, abs=0.2)


def test_a_video_that_is_being_analysed_waits_until_it_is_done(house: House) -> None:
    video, run = house.started()

    def finish_meanwhile(_: float) -> None:
        if house.runs.list_of(video.video_id):
            house.play(run)

    done = replace(house.backfilling(), pause=finish_meanwhile)(FOREVER_S)
    assert (done.status, done.videos_done) == (BackfillStatus.FILLED, 1)
    house.swap()
    assert found(house, "rocket", video) == {video.video_id}


def test_a_video_that_is_analysed_while_a_backfill_runs_is_in_both(house: House) -> None:
    old = house.analysed()
    house.backfilling()(FOREVER_S)
    new = house.analysed()
    assert found(house, "rocket", old, new) == {old.video_id, new.video_id}
    house.swap()
    assert found(house, "rocket", old, new) == {old.video_id, new.video_id}


def test_a_change_that_comes_while_its_video_is_written_is_not_lost(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = house.analysed()
    beside = house.versions.beside()
    write, changes = beside.replace_video, iter([{"title": "Reykjavik"}])

    def change_first(account_id: str, video_id: str, documents: object) -> None:
        for change in changes:
            house.describe(MINE, video_id, change)
        write(account_id, video_id, documents)  # type: ignore[arg-type]

    monkeypatch.setattr(beside, "replace_video", change_first)
    house.backfilling()(FOREVER_S)
    house.swap()
    assert found(house, "Reykjavik", video) == {video.video_id}


def test_a_video_that_is_deleted_while_it_is_written_is_not_brought_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = house.analysed()
    write = house.versions.beside().replace_video

    def delete_first(account_id: str, video_id: str, documents: object) -> None:
        if video in house.videos.everything():
            house.delete(MINE, video_id)
        write(account_id, video_id, documents)  # type: ignore[arg-type]

    monkeypatch.setattr(house.versions.beside(), "replace_video", delete_first)
    house.backfilling()(FOREVER_S)
    house.swap()
    assert found(house, "rocket", video) == set()


def test_of_two_that_carry_on_the_same_backfill_one_stops(house: House) -> None:
    house.analysed()
    with pytest.raises(StaleRevision):
        house.backfilling()(FOREVER_S, lambda known: house.backfills.save(known) and None)


def test_a_video_without_a_transcript_is_no_obstacle(house: House) -> None:
    house.uploading()
    house.uploaded()
    assert house.backfilling()(FOREVER_S).segments_done == 0


def test_an_index_is_not_swapped_before_it_is_filled(house: House) -> None:
    house.analysed(Feature.TRANSCRIPT)
    with pytest.raises(StateConflict, match="backfill"):
        house.swap()
    house.backfilling()(0.0)
    with pytest.raises(StateConflict, match="not filled yet"):
        house.swap()


def test_after_a_swap_another_backfill_may_begin_and_what_is_old_is_dropped(house: House) -> None:
    video = house.analysed()
    for _ in range(2):
        house.backfilling()(FOREVER_S)
        house.swap()
        house.drop()
        assert house.versions.versions().old == ()
    assert found(house, "rocket", video) == {video.video_id}


def test_a_backfill_can_be_given_up(house: House) -> None:
    video = house.analysed()
    house.backfilling()(0.0)
    house.drop(also_next=True)
    assert house.versions.versions().next == ()
    assert house.backfills.find() is None
    assert found(house, "rocket", video) == {video.video_id}
