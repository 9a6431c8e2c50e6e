"""Where features stand: every known one, with progress while something is in flight."""

from __future__ import annotations

import pytest
from cinedex.library.domain.feature import Feature, FeatureState, FeatureStatus

from tests.support.memory.app_fixture import InMemoryApp


def test_every_known_feature_is_listed_including_those_never_requested(memory_app: InMemoryApp) -> None:
    states = memory_app.follow(memory_app.uploaded())
    assert list(states) == list(Feature)
    assert {s.status for s in states.values()} == {FeatureStatus.NONE}


def test_progress_is_that_of_the_run_in_flight(memory_app: InMemoryApp) -> None:
    video, run = memory_app.started()
    memory_app.begin(*memory_app.order(run))
    memory_app.progress.report(video.video_id, run.run_id, "transcribe_speech", None, 0.5)
    memory_app.progress.report(video.video_id, run.run_id, "detect_shots", None, 1.0)
    states = memory_app.follow(memory_app.now(video))
    assert (states[Feature.TRANSCRIPT].progress, states[Feature.SCENES].progress) == (0.75, 0.75)
    assert states[Feature.CAPTIONS].progress == 0.0


def test_the_remaining_time_counts_from_the_first_report_of_a_worker(memory_app: InMemoryApp) -> None:
    video, run = memory_app.started()
    memory_app.begin(*memory_app.order(run))
    for task in ("transcribe_speech", "detect_shots"):
        memory_app.progress.report(video.video_id, run.run_id, task, None, 0.5)
    assert memory_app.follow(memory_app.now(video))[Feature.TRANSCRIPT].remaining_s is None
    memory_app.clock.advance(seconds=60)
    states = memory_app.follow(memory_app.now(video))
    assert states[Feature.TRANSCRIPT].remaining_s == pytest.approx(60)
    assert (states[Feature.CAPTIONS].remaining_s or 0) > 60
    assert states[Feature.AUDIO_EVENTS].remaining_s is None


def test_the_remaining_time_of_a_run_without_a_transcript_is_that_of_its_chunks(memory_app: InMemoryApp) -> None:
    analysed = memory_app.analysed(Feature.TRANSCRIPT)
    assert analysed.probe is not None
    assert analysed.probe.audio_codec is not None
    video, run = memory_app.analysing(analysed, Feature.CAPTIONS, Feature.OBJECTS)
    assert Feature.TRANSCRIPT not in run.generations
    memory_app.begin(*memory_app.order(run))
    for chunk in range(video.chunk_count):
        memory_app.progress.report(video.video_id, run.run_id, "analyze_chunk", chunk, 0.5)
    memory_app.clock.advance(seconds=35)
    states = memory_app.follow(memory_app.now(video))
    assert [states[f].remaining_s for f in (Feature.CAPTIONS, Feature.OBJECTS)] == pytest.approx([35, 35])


def test_progress_is_not_looked_up_when_nothing_is_in_flight(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_app.progress, "read", lambda *_: pytest.fail("looked up"))
    states = memory_app.follow(memory_app.analysed())
    assert states[Feature.CAPTIONS].status is FeatureStatus.READY
    assert states[Feature.CAPTIONS].progress is None


def test_a_run_that_no_worker_has_begun_says_since_when_it_waits(memory_app: InMemoryApp) -> None:
    video, run = memory_app.started(Feature.TRANSCRIPT)
    memory_app.begin(*memory_app.order(run))
    states = memory_app.follow(memory_app.now(video))
    assert states[Feature.TRANSCRIPT].waiting_since == states[Feature.SCENES].waiting_since == run.started_at
    assert states[Feature.CAPTIONS].waiting_since is None


def test_a_run_that_a_worker_has_begun_waits_no_longer(memory_app: InMemoryApp) -> None:
    video, run = memory_app.started(Feature.TRANSCRIPT)
    memory_app.begin(*memory_app.order(run))
    memory_app.progress.report(video.video_id, run.run_id, "transcribe_speech", None, 0.0)
    states = memory_app.follow(memory_app.now(video))
    assert states[Feature.TRANSCRIPT].waiting_since is None


@pytest.mark.parametrize("status", list(FeatureStatus))
def test_only_what_is_processed_has_progress(memory_app: InMemoryApp, status: FeatureStatus) -> None:
    """A second feature is processed, so that the progress is read."""
    video, run = memory_app.started()
    memory_app.begin(*memory_app.order(run))
    memory_app.progress.report(video.video_id, run.run_id, "embed_segments", None, 0.5)
    changed = memory_app.now(video).with_feature(
        Feature.EMBEDDINGS, FeatureState(status=status, generation=1, progress=0.0)
    )
    states = memory_app.follow(changed)
    assert states[Feature.EMBEDDINGS].progress == (0.5 if status is FeatureStatus.PROCESSING else 0.0)
    assert states[Feature.TRANSCRIPT].progress == 0.0


def test_what_waits_in_the_queue_of_features_does_not_wait_for_a_worker(memory_app: InMemoryApp) -> None:
    video, run = memory_app.started(Feature.CAPTIONS)
    memory_app.begin(*memory_app.order(run))
    ready = FeatureState(status=FeatureStatus.READY, generation=1)
    states = memory_app.follow(memory_app.now(video).with_feature(Feature.TRANSCRIPT, ready))
    assert states[Feature.TRANSCRIPT].waiting_since is None
    assert states[Feature.CAPTIONS].waiting_since == run.started_at
