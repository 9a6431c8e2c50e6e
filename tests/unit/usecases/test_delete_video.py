"""A deleted video leaves nothing behind, also when it is deleted while it is analysed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from cinedex.domain.errors import NotFound
from cinedex.domain.feature import Feature
from cinedex.domain.run import AnalysisRun
from cinedex.domain.timeline import Track
from cinedex.domain.video import Video

from tests.support.memory.house import MINE, YOURS, House
from tests.support.moments import seen, unavailable


def assert_no_trace(house: House, video_id: str) -> None:
    assert house.videos.list(MINE) == []
    assert house.runs.list_of(video_id) == []
    assert list(house.moments.documents(seen(video_id), 100)) == []
    assert [key for key in house.timeline.tracks if key[0] == video_id] == []
    assert [key for key in house.results.documents if f"/{video_id}/" in key] == []
    assert [key for key in house.media.files if video_id in key] == []


def test_deleting_a_video_removes_every_trace_of_it(house: House) -> None:
    video = house.analysed()
    house.delete(MINE, video.video_id)
    assert_no_trace(house, video.video_id)


def test_what_a_search_store_that_is_down_still_holds_goes_with_the_next_sweep(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = house.analysed()
    with monkeypatch.context() as down:
        down.setattr(house.moments, "delete_video", unavailable)
        house.delete(MINE, video.video_id)
    assert house.videos.list(MINE) == []
    assert list(house.moments.documents(seen(video.video_id), 100)) != []
    house.sweep()
    assert_no_trace(house, video.video_id)


def test_other_videos_stay_as_they_are(house: House) -> None:
    other, video = house.analysed(), house.analysed()
    found = list(house.moments.documents(seen(other.video_id), 100))
    house.delete(MINE, video.video_id)
    assert house.now(other) == other
    assert list(house.moments.documents(seen(other.video_id), 100)) == found
    assert other.media.key in house.media.files


def test_deleting_stops_a_running_analysis(house: House) -> None:
    video, run = house.started()
    house.progress.report(video.video_id, run.run_id, "transcribe_speech", None, 0.5)
    house.delete(MINE, video.video_id)
    assert house.runner.stopped == [run.execution_name]
    assert house.progress.read(video.video_id, run.run_id) == {}
    assert_no_trace(house, video.video_id)


def test_a_video_whose_file_never_came_can_be_deleted(house: House) -> None:
    video = house.uploading()
    house.delete(MINE, video.video_id)
    assert_no_trace(house, video.video_id)


def test_another_account_s_video_is_not_found_and_stays(house: House) -> None:
    video = house.analysed()
    with pytest.raises(NotFound):
        house.delete(YOURS, video.video_id)
    assert house.now(video) == video


def test_a_deleted_video_cannot_be_deleted_again(house: House) -> None:
    video = house.uploaded()
    house.delete(MINE, video.video_id)
    with pytest.raises(NotFound):
        house.delete(MINE, video.video_id)


def plan(house: House, run: AnalysisRun) -> None:
    house.plan_chunks(run)


def merge(house: House, run: AnalysisRun) -> None:
    house.merge_chunks(run, house.plan_chunks(run)["plan_key"])


def embed(house: House, run: AnalysisRun) -> None:
    merge(house, run)
    house.embed(run)


def delete_before(house: House, store: object, method: str, call: int, video: Video) -> None:
    """The video is deleted just before the `call`-th write to a store, which goes on all the same."""
    write, calls = getattr(store, method), count(1)

    def writing(*told: object) -> None:
        if next(calls) == call:
            house.delete(MINE, video.video_id)
        write(*told)

    setattr(store, method, writing)


@pytest.mark.parametrize(
    ("state", "store", "method", "call"),
    [
        (plan, "timeline", "replace", 1),
        (plan, "timeline", "replace", 2),
        (plan, "moments", "replace_video", 1),
        (merge, "timeline", "replace", 4),
        (merge, "moments", "replace_video", 2),
        (embed, "moments", "replace_video", 3),
    ],
)
def test_a_state_that_writes_while_the_video_is_deleted_takes_it_all_back(
    house: House, state: Callable[[House, AnalysisRun], None], store: str, method: str, call: int
) -> None:
    video, run = house.started(Feature.EMBEDDINGS)
    house.begin(*house.order(run))
    delete_before(house, getattr(house, store), method, call, video)
    with pytest.raises(NotFound):
        state(house, run)
    assert_no_trace(house, video.video_id)


def test_a_result_that_is_gone_is_no_reason_to_forget_the_video(house: House) -> None:
    video, run = house.analysing(house.analysed(), Feature.OBJECTS, force=True)
    house.begin(*house.order(run))
    parts = house.watch_parts(run, video.plan_key or "")
    house.results.documents = {k: d for k, d in house.results.documents.items() if "documents" not in k}
    with pytest.raises(NotFound):
        house.merge(*house.order(run), video.plan_key or "", parts)
    assert list(house.timeline.entries(video.video_id, Track.TRANSCRIPT, 1)) != []


def test_a_run_that_ends_after_the_deletion_takes_its_documents_along(house: House) -> None:
    video, run = house.started(Feature.TRANSCRIPT)
    house.begin(*house.order(run))
    house.plan_chunks(run)
    house.videos.delete(MINE, video.video_id)
    house.finish(*house.order(run))
    assert list(house.moments.documents(seen(video.video_id), 100)) == []
