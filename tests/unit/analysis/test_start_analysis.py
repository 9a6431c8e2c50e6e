"""Starting an analysis: once for each computation, never without what it needs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace

import pytest
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.analysis.usecases.start_analysis import AnalysisRequest, StartAnalysis, StartedAnalysis
from cinedex.kernel.errors import ImpossibleValue, NotFound, StaleRevision, StateConflict
from cinedex.kernel.retry import CONFLICT
from cinedex.library.domain.feature import Feature, FeatureState, FeatureStatus
from cinedex.library.domain.probe import AudioTrack
from cinedex.library.domain.segmenting import SegmentingOptions
from cinedex.library.domain.video import UploadStatus, Video

from tests.support.memory.app_fixture import ALL, MINE, YOURS, InMemoryApp
from tests.support.memory.library import MemoryRuns
from tests.support.memory.scenario import TALKING_CLIP

T, C, E, O = Feature.TRANSCRIPT, Feature.CAPTIONS, Feature.EMBEDDINGS, Feature.OBJECTS  # noqa: E741


def statuses(video: Video) -> dict[str, str]:
    return {name.value: state.status.value for name, state in video.features.items() if state.status != "none"}


def test_a_trigger_queues_the_feature_with_its_by_products_and_starts_a_run(memory_app: InMemoryApp) -> None:
    video = memory_app.start.trigger(MINE, memory_app.uploaded().video_id, AnalysisRequest((T,))).video
    assert statuses(video) == {"transcript": "pending", "scenes": "pending"}
    assert list(memory_app.runner.executions) == [f"{video.video_id}-t1-1"]


def test_two_identical_triggers_start_one_analysis(memory_app: InMemoryApp) -> None:
    video = memory_app.uploaded()
    for _ in range(2):
        memory_app.start.trigger(MINE, video.video_id, AnalysisRequest((T,)))
    assert len(memory_app.runner.executions) == 1
    assert memory_app.now(video).feature(T).generation == 1


def test_what_is_ready_is_not_computed_again(memory_app: InMemoryApp) -> None:
    video = memory_app.analysed()
    assert memory_app.start.analyze(MINE, video.video_id, AnalysisRequest(ALL)) == StartedAnalysis(video, ())
    assert len(memory_app.runner.executions) == 1


def test_force_computes_again_under_the_next_generation(memory_app: InMemoryApp) -> None:
    video, run = memory_app.analysing(memory_app.analysed(), C, force=True)
    assert (video.feature(C).status, video.feature(C).generation) == (FeatureStatus.PENDING, 2)
    assert run.generations == {C: 2}
    assert run.forced


def test_force_does_not_touch_what_is_only_needed(memory_app: InMemoryApp) -> None:
    _, run = memory_app.analysing(memory_app.analysed(), E, force=True)
    assert run.features == (E,)


def test_forcing_a_by_product_computes_what_yields_it(memory_app: InMemoryApp) -> None:
    _, run = memory_app.analysing(memory_app.analysed(T), Feature.SCENES, force=True)
    assert run.features == (T,)


def test_computing_a_transcript_again_resets_its_dependents(memory_app: InMemoryApp) -> None:
    video, _ = memory_app.analysing(memory_app.analysed(), T, force=True)
    assert statuses(video) == {"transcript": "pending", "scenes": "pending"}
    assert video.feature(C).generation == 1


def test_everything_a_feature_needs_is_computed_in_one_run(memory_app: InMemoryApp) -> None:
    _, run = memory_app.started(E)
    assert run.features == (T, C, E)


def test_a_failed_feature_is_retried_without_force_and_keeps_its_good_chunks(memory_app: InMemoryApp) -> None:
    video, run = memory_app.started(T)
    memory_app.fail(*memory_app.order(run), "CorruptMedia", "No.")
    _, retry = memory_app.analysing(video, T)
    assert (retry.generations, retry.scope) == ({T: 2}, "shared")


def test_a_feature_cannot_be_triggered_before_what_it_needs(memory_app: InMemoryApp) -> None:
    video = memory_app.uploaded()
    with pytest.raises(StateConflict, match=r"'captions' needs 'transcript'.*Current status: none") as refusal:
        memory_app.start.trigger(MINE, video.video_id, AnalysisRequest((C,)))
    assert refusal.value.field == "transcript"
    assert memory_app.runner.executions == {}


def test_a_running_dependency_is_named_with_its_status(memory_app: InMemoryApp) -> None:
    video, _ = memory_app.started(T)
    with pytest.raises(StateConflict, match=r"'embeddings' needs 'transcript'.*Current status: pending"):
        memory_app.start.trigger(MINE, video.video_id, AnalysisRequest((E,)))


def test_a_transcript_is_not_computed_again_while_captions_are_running(memory_app: InMemoryApp) -> None:
    video, _ = memory_app.analysing(memory_app.analysed(T), C)
    with pytest.raises(StateConflict, match=r"'captions' is being computed from 'transcript'"):
        memory_app.start.trigger(MINE, video.video_id, AnalysisRequest((T,), force=True))


@pytest.mark.parametrize("status", [UploadStatus.UPLOADING, UploadStatus.FAILED])
def test_a_video_without_its_file_cannot_be_analysed(memory_app: InMemoryApp, status: UploadStatus) -> None:
    video = memory_app.uploading(status=status)
    with pytest.raises(StateConflict, match=status.value):
        memory_app.start.analyze(MINE, video.video_id, AnalysisRequest(ALL))


def test_another_account_s_video_is_not_found(memory_app: InMemoryApp) -> None:
    with pytest.raises(NotFound):
        memory_app.start.analyze(YOURS, memory_app.uploaded().video_id, AnalysisRequest(ALL))


def test_a_feature_that_nothing_here_computes_is_refused(memory_app: InMemoryApp) -> None:
    with pytest.raises(ImpossibleValue, match="'chapters' is unavailable"):
        memory_app.start.analyze(MINE, memory_app.uploaded().video_id, AnalysisRequest((Feature.CHAPTERS,)))


def test_lengths_of_segments_are_stored_with_a_transcript(memory_app: InMemoryApp) -> None:
    segmenting = SegmentingOptions(min_len_s=5, max_len_s=8)
    video = memory_app.start.trigger(
        MINE, memory_app.uploaded().video_id, AnalysisRequest((T,), segmenting=segmenting)
    ).video
    assert video.segmenting == segmenting


def test_lengths_of_segments_mean_nothing_to_captions(memory_app: InMemoryApp) -> None:
    video = memory_app.analysed(T)
    segmenting = SegmentingOptions(min_len_s=5, max_len_s=8)
    after = memory_app.start.trigger(MINE, video.video_id, AnalysisRequest((C,), segmenting=segmenting)).video
    assert after.segmenting == video.segmenting


class BusyRuns(MemoryRuns):
    """Another process changes the video just before each of the first `times` writes."""

    def __init__(self, memory_app: InMemoryApp, times: int, change: Callable[[Video], Video]) -> None:
        super().__init__(memory_app.videos)
        self.memory_app, self.times, self.change = memory_app, times, change

    def open(self, video: Video, run: AnalysisRun) -> Video:
        if self.times:
            self.times -= 1
            self.memory_app.videos.save(self.change(self.memory_app.now(video)))
        return super().open(video, run)


class OvertakenRuns(MemoryRuns):
    """Another process starts the same analysis just before the first write."""

    def open(self, video: Video, run: AnalysisRun) -> Video:
        if not self.list_open():
            super().open(video, run)
        return super().open(video, run)


def starting_with(memory_app: InMemoryApp, runs: MemoryRuns) -> StartAnalysis:
    return StartAnalysis(memory_app.videos, runs, memory_app.runner, memory_app.clock, memory_app.charge)


def test_a_start_that_was_overtaken_reads_again_and_keeps_the_other_change(memory_app: InMemoryApp) -> None:
    runs = BusyRuns(memory_app, 2, lambda v: v.changed(title="New title"))
    video = starting_with(memory_app, runs).analyze(MINE, memory_app.uploaded().video_id, AnalysisRequest((T,))).video
    assert (video.title, video.feature(T).generation) == ("New title", 1)
    assert len(runs.list_open()) == 1


def test_two_concurrent_starts_of_an_analysis_start_one_run(memory_app: InMemoryApp) -> None:
    runs = OvertakenRuns(memory_app.videos)
    video = starting_with(memory_app, runs).analyze(MINE, memory_app.uploaded().video_id, AnalysisRequest((T,))).video
    assert video.feature(T) == FeatureState().queued()
    assert (len(runs.list_open()), memory_app.runner.executions) == (1, {})


def test_a_video_under_constant_change_is_a_conflict_not_a_hang(memory_app: InMemoryApp) -> None:
    runs = BusyRuns(memory_app, CONFLICT.attempts_max, lambda v: v.changed(title=f"{v.revision}"))
    with pytest.raises(StateConflict, match="Try again") as refusal:
        starting_with(memory_app, runs).analyze(MINE, memory_app.uploaded().video_id, AnalysisRequest((T,)))
    assert not isinstance(refusal.value, StaleRevision)
    assert memory_app.runner.executions == {}


@pytest.mark.parametrize(("languages", "refused"), [(("en",), True), (("en", "de"), False)])
def test_a_translation_needs_a_deployment_with_more_languages(
    memory_app: InMemoryApp, languages: tuple[str, ...], refused: bool
) -> None:
    start = replace(memory_app.start, languages=languages)
    request = AnalysisRequest((Feature.TRANSCRIPT,), options={"transcribe_speech": {"translate_to": "en"}})
    with pytest.raises(ImpossibleValue, match="translates nothing") if refused else nullcontext():
        start.trigger(MINE, memory_app.uploaded().video_id, request)


def test_an_unsupported_language_is_refused_and_keeps_the_existing_results(memory_app: InMemoryApp) -> None:
    video = memory_app.analysed()
    german = AnalysisRequest((Feature.TRANSCRIPT,), force=True, options={"transcribe_speech": {"language": "de"}})
    with pytest.raises(ImpossibleValue, match="supported: en"):
        memory_app.start.trigger(video.account_id, video.video_id, german)
    assert memory_app.videos.get(video.account_id, video.video_id).feature(Feature.TRANSCRIPT).status == "ready"


@pytest.mark.parametrize("language", ["en", "EN", "en-GB", None])
def test_a_language_is_supported_in_any_case_and_with_any_region(memory_app: InMemoryApp, language: str | None) -> None:
    request = AnalysisRequest((T,), options={"transcribe_speech": {"language": language}})
    assert memory_app.start.trigger(MINE, memory_app.uploaded().video_id, request).features == (T,)


@pytest.mark.parametrize("language", ["de-en", "english", ""])
def test_only_the_first_part_of_a_language_counts(memory_app: InMemoryApp, language: str) -> None:
    request = AnalysisRequest((T,), options={"transcribe_speech": {"language": language}})
    with pytest.raises(ImpossibleValue) as refusal:
        memory_app.start.trigger(MINE, memory_app.uploaded().video_id, request)
    assert refusal.value.field == "language"


TRACKS = tuple(AudioTrack(index=index, codec="aac") for index in range(2))


def started_with_track(memory_app: InMemoryApp, track: int | None, tracks: tuple[AudioTrack, ...]) -> StartedAnalysis:
    probe = TALKING_CLIP.model_copy(update={"audio_tracks": tracks})
    video = memory_app.videos.save(memory_app.uploaded().changed(probe=probe))
    request = AnalysisRequest((T,), options={"transcribe_speech": {"audio_track": track}})
    return memory_app.start.trigger(MINE, video.video_id, request)


@pytest.mark.parametrize(("track", "tracks"), [(0, TRACKS), (1, TRACKS), (None, TRACKS), (5, ())])
def test_a_track_that_the_file_may_have_is_accepted(
    memory_app: InMemoryApp, track: int | None, tracks: tuple[AudioTrack, ...]
) -> None:
    assert started_with_track(memory_app, track, tracks).features == (T,)


@pytest.mark.parametrize("track", [2, 3])
def test_a_track_that_the_file_does_not_have_is_refused(memory_app: InMemoryApp, track: int) -> None:
    with pytest.raises(ImpossibleValue, match=f"no audio track {track}; it has 2") as refusal:
        started_with_track(memory_app, track, TRACKS)
    assert refusal.value.field == "audio_track"


def test_a_request_without_options_forces_nothing() -> None:
    assert AnalysisRequest((T,)).force is False
