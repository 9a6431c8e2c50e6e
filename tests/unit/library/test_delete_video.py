"""A deleted video leaves nothing behind, also when it is deleted while it is analysed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.kernel.errors import NotFound
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.video import Video
from cinedex.library.usecases.delete_video import DeleteVideo, ErasePendingVideo
from cinedex.library.usecases.publish_video import PublishVideo
from cinedex.timeline.entries import Track

from tests.support.memory.app_fixture import MINE, YOURS, InMemoryApp
from tests.support.segments import segment_filter, unavailable


def assert_no_trace(memory_app: InMemoryApp, video_id: str) -> None:
    assert memory_app.videos.list(MINE) == []
    assert memory_app.runs.list_of(video_id) == []
    assert list(memory_app.moments.documents(segment_filter(video_id), 100)) == []
    assert [key for key in memory_app.timeline.tracks if key[0] == video_id] == []
    assert [key for key in memory_app.results.documents if f"/{video_id}/" in key] == []
    assert [key for key in memory_app.media.files if video_id in key] == []


def test_deleting_a_video_removes_all_its_data(memory_app: InMemoryApp) -> None:
    video = memory_app.analysed()
    memory_app.delete(MINE, video.video_id)
    assert_no_trace(memory_app, video.video_id)


def test_what_a_search_store_that_is_down_still_holds_goes_with_the_next_sweep(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = memory_app.analysed()
    with monkeypatch.context() as down:
        down.setattr(memory_app.moments, "delete_video", unavailable)
        memory_app.delete(MINE, video.video_id)
    assert memory_app.videos.list(MINE) == []
    assert list(memory_app.moments.documents(segment_filter(video.video_id), 100)) != []
    memory_app.sweep(60)
    assert_no_trace(memory_app, video.video_id)


def test_other_videos_stay_as_they_are(memory_app: InMemoryApp) -> None:
    other, video = memory_app.analysed(), memory_app.analysed()
    stored = list(memory_app.moments.documents(segment_filter(other.video_id), 100))
    memory_app.delete(MINE, video.video_id)
    assert memory_app.now(other) == other
    assert list(memory_app.moments.documents(segment_filter(other.video_id), 100)) == stored
    assert other.media.key in memory_app.media.files


def test_deleting_stops_a_running_analysis(memory_app: InMemoryApp) -> None:
    video, run = memory_app.started()
    memory_app.progress.report(video.video_id, run.run_id, "transcribe_speech", None, 0.5)
    memory_app.delete(MINE, video.video_id)
    assert memory_app.runner.stopped == [run.execution_name]
    assert memory_app.progress.read(video.video_id, run.run_id) == {}
    assert_no_trace(memory_app, video.video_id)


def test_a_video_whose_file_never_came_can_be_deleted(memory_app: InMemoryApp) -> None:
    video = memory_app.uploading()
    memory_app.delete(MINE, video.video_id)
    assert_no_trace(memory_app, video.video_id)


def test_another_account_s_video_is_not_found_and_stays(memory_app: InMemoryApp) -> None:
    video = memory_app.analysed()
    with pytest.raises(NotFound):
        memory_app.delete(YOURS, video.video_id)
    assert memory_app.now(video) == video


def test_a_deleted_video_cannot_be_deleted_again(memory_app: InMemoryApp) -> None:
    video = memory_app.uploaded()
    memory_app.delete(MINE, video.video_id)
    with pytest.raises(NotFound):
        memory_app.delete(MINE, video.video_id)


def plan(memory_app: InMemoryApp, run: AnalysisRun) -> None:
    memory_app.plan_chunks(run)


def merge(memory_app: InMemoryApp, run: AnalysisRun) -> None:
    memory_app.merge_chunks(run, memory_app.plan_chunks(run).plan_key)


def embed(memory_app: InMemoryApp, run: AnalysisRun) -> None:
    merge(memory_app, run)
    memory_app.embed(run)


def delete_before(memory_app: InMemoryApp, store: object, method: str, call: int, video: Video) -> None:
    """The video is deleted just before the `call`-th write to a store, which is carried out all the same."""
    write, calls = getattr(store, method), count(1)

    def writing(*arguments: object) -> None:
        if next(calls) == call:
            memory_app.delete(MINE, video.video_id)
        write(*arguments)

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
def test_a_state_that_writes_while_the_video_is_deleted_removes_its_writes(
    memory_app: InMemoryApp, state: Callable[[InMemoryApp, AnalysisRun], None], store: str, method: str, call: int
) -> None:
    video, run = memory_app.started(Feature.EMBEDDINGS)
    memory_app.begin(*memory_app.order(run))
    delete_before(memory_app, getattr(memory_app, store), method, call, video)
    with pytest.raises(NotFound):
        state(memory_app, run)
    assert_no_trace(memory_app, video.video_id)


def test_a_result_that_is_gone_is_no_reason_to_forget_the_video(memory_app: InMemoryApp) -> None:
    video, run = memory_app.analysing(memory_app.analysed(), Feature.OBJECTS, force=True)
    memory_app.begin(*memory_app.order(run))
    chunks = memory_app.analyze_chunks(run, video.plan_key or "")
    memory_app.results.documents = {k: d for k, d in memory_app.results.documents.items() if "documents" not in k}
    with pytest.raises(NotFound):
        memory_app.merge(*memory_app.order(run), video.plan_key or "", chunks)
    assert list(memory_app.timeline.entries(video.video_id, Track.TRANSCRIPT, 1)) != []


class ClipStore:
    """A store that a later capability might add."""

    def __init__(self) -> None:
        self.clips: set[tuple[str, str]] = set()

    def publish(self, video: Video) -> int:
        self.clips.add((video.account_id, video.video_id))
        return 1

    def erase(self, account_id: str, video_id: str) -> bool:
        self.clips.discard((account_id, video_id))
        return False


def test_a_new_capability_publishes_and_erases_videos_by_being_listed(memory_app: InMemoryApp) -> None:
    store, video = ClipStore(), memory_app.uploaded()
    publish = PublishVideo(memory_app.videos, (store,), (store,))
    publish(video, lambda v: v.changed(title="Liftoff"))
    assert store.clips == {(MINE, video.video_id)}
    erase = ErasePendingVideo(memory_app.videos, memory_app.media, (store,))
    DeleteVideo(memory_app.videos, memory_app.pending_deletions, erase, memory_app.clock)(MINE, video.video_id)
    assert store.clips == set()


def test_what_is_published_while_a_video_is_deleted_is_erased_by_every_eraser(memory_app: InMemoryApp) -> None:
    store, video = ClipStore(), memory_app.uploaded()
    memory_app.delete(MINE, video.video_id)
    with pytest.raises(NotFound):
        PublishVideo(memory_app.videos, (store,), (store,))(video, lambda v: v.changed(title="Liftoff"))
    assert store.clips == set()


def test_a_run_that_ends_after_the_deletion_deletes_its_documents(memory_app: InMemoryApp) -> None:
    video, run = memory_app.started(Feature.TRANSCRIPT)
    memory_app.begin(*memory_app.order(run))
    memory_app.plan_chunks(run)
    memory_app.videos.delete(MINE, video.video_id)
    memory_app.finish(*memory_app.order(run))
    assert list(memory_app.moments.documents(segment_filter(video.video_id), 100)) == []
