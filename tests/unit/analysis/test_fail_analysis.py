"""A failed run stores a readable reason on each of its features."""

from __future__ import annotations

import json

import pytest
from cinedex.analysis.usecases.fail_analysis import REASON_LENGTH_MAX, FailAnalysis, explain
from cinedex.kernel.errors import StaleRevision
from cinedex.kernel.retry import RetryPolicy
from cinedex.library.domain.feature import Feature, FeatureStatus
from cinedex.library.domain.video import Video
from cinedex.library.usecases import update_with_retry

from tests.support.memory.app_fixture import InMemoryApp
from tests.support.memory.library import MemoryVideos

T, C, E, O = Feature.TRANSCRIPT, Feature.CAPTIONS, Feature.EMBEDDINGS, Feature.OBJECTS  # noqa: E741
FAILED, BLOCKED, READY = FeatureStatus.FAILED, FeatureStatus.BLOCKED, FeatureStatus.READY


def test_the_feature_that_failed_says_why_and_what_waits_for_it_is_blocked(memory_app: InMemoryApp) -> None:
    video, run = memory_app.started()
    memory_app.fail(*memory_app.order(run), "CorruptMedia", "The sound cannot be decoded.")
    after = memory_app.now(video)
    assert {f: after.feature(f).status for f in (T, C, E, O)} == {T: FAILED, C: BLOCKED, E: BLOCKED, O: BLOCKED}
    assert after.feature(T).error == "The sound cannot be decoded."
    assert after.feature(C).error == "'transcript' failed."


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("UnexpectedError", "internal_error"),
        ("InvalidTask", "internal_error"),
        ("TaskAbandoned", "internal_error"),
        ("Lambda.Unknown", "internal_error"),
        ("CorruptMedia", "corrupt_media"),
        ("OutOfMemory", "out_of_memory"),
    ],
)
def test_the_error_code_of_a_feature_distinguishes_internal_errors_from_faults_of_the_file(
    memory_app: InMemoryApp, error: str, code: str
) -> None:
    video, run = memory_app.started()
    memory_app.fail(*memory_app.order(run), error, "No.")
    assert memory_app.now(video).feature(T).error_code == code
    assert memory_app.now(video).feature(C).error_code is None


def test_by_products_fail_with_what_yields_them(memory_app: InMemoryApp) -> None:
    video, run = memory_app.started(T)
    memory_app.fail(*memory_app.order(run), "CorruptMedia", "No.")
    assert memory_app.now(video).feature(Feature.SCENES).status is FAILED


def test_what_is_ready_already_stays_ready(memory_app: InMemoryApp) -> None:
    _, run = memory_app.started()
    memory_app.begin(*memory_app.order(run))
    memory_app.plan_chunks(run)
    memory_app.fail(*memory_app.order(run), "AnalysisFailed", "Chunk 2 failed.")
    after = memory_app.now(run)
    assert {f: after.feature(f).status for f in (T, C, E, O)} == {T: READY, C: FAILED, E: BLOCKED, O: FAILED}
    assert after.feature(E).error == "'captions' failed."


def test_only_what_the_run_computes_fails(memory_app: InMemoryApp) -> None:
    video, run = memory_app.analysing(memory_app.analysed(T), O)
    memory_app.fail(*memory_app.order(run), "OutOfMemory", "")
    after = memory_app.now(video)
    assert (after.feature(O).status, after.feature(C).status) == (FAILED, FeatureStatus.NONE)


def test_the_failed_run_is_closed(memory_app: InMemoryApp) -> None:
    video, run = memory_app.started()
    memory_app.progress.report(video.video_id, run.run_id, "transcribe_speech", None, 0.5)
    memory_app.fail(*memory_app.order(run), "CorruptMedia", "No.")
    assert memory_app.runs.list_open() == []
    assert memory_app.progress.read(video.video_id, run.run_id) == {}


def test_failing_twice_keeps_the_first_reason(memory_app: InMemoryApp) -> None:
    video, run = memory_app.started(T)
    memory_app.fail(*memory_app.order(run), "CorruptMedia", "First.")
    memory_app.fail(*memory_app.order(run), "CorruptMedia", "Second.")
    assert memory_app.now(video).feature(T).error == "First."


def test_an_old_run_does_not_fail_a_newer_one(memory_app: InMemoryApp) -> None:
    video, old = memory_app.started(T)
    memory_app.fail(*memory_app.order(old), "Interrupted", "")
    memory_app.analysing(video, T)
    memory_app.runs.open(memory_app.now(video), old)
    memory_app.fail(*memory_app.order(old), "CorruptMedia", "Late.")
    assert memory_app.now(video).feature(T).status is FeatureStatus.PENDING


def test_the_failed_run_of_a_video_deleted_meanwhile_is_closed(memory_app: InMemoryApp) -> None:
    video, run = memory_app.started()
    memory_app.videos.delete(video.account_id, video.video_id)
    memory_app.fail(*memory_app.order(run), "CorruptMedia", "No.")
    assert memory_app.runs.list_open() == []


class ContendedVideos(MemoryVideos):
    def save(self, video: Video) -> Video:
        raise StaleRevision("The video was changed meanwhile.")


def test_a_failure_that_could_not_be_stored_leaves_the_run_open_for_a_repetition(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update_with_retry, "CONFLICT", RetryPolicy(attempts_max=12, pause_s=0.0, pause_s_max=0.0))
    video, run = memory_app.started(T)
    contended = ContendedVideos()
    contended.add(memory_app.now(video))
    with pytest.raises(StaleRevision):
        FailAnalysis(contended, memory_app.runs, memory_app.progress, memory_app.meter)(
            *memory_app.order(run), "CorruptMedia", "No."
        )
    assert memory_app.runs.list_of(video.video_id) == [run]


@pytest.mark.parametrize(
    ("error", "cause", "message"),
    [
        ("CorruptMedia", "It is cut off.", "It is cut off."),
        (
            "AnalysisFailed",
            json.dumps({"errorMessage": "Chunk 1 failed.", "errorType": "AnalysisFailed"}),
            "Chunk 1 failed.",
        ),
        ("States.Timeout", "", "States.Timeout"),
        ("", "", "The analysis failed."),
        ("E", '{"stackTrace": []}', '{"stackTrace": []}'),
        ("E", "[1, 2]", "[1, 2]"),
        ("E", "x" * 9999, "x" * REASON_LENGTH_MAX),
    ],
)
def test_reasons_are_sentences_however_they_are_wrapped(error: str, cause: str, message: str) -> None:
    assert explain(error, cause) == message


def test_a_reason_has_at_most_five_hundred_characters() -> None:
    assert [len(explain("E", "x" * length)) for length in (499, 500, 501)] == [499, 500, 500]
