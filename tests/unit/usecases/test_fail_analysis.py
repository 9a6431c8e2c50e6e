"""A run that fails says so on each of its features, with a reason for people."""

from __future__ import annotations

import json

import pytest
from cinedex.domain.errors import StaleRevision
from cinedex.domain.feature import Feature, FeatureStatus
from cinedex.domain.video import Video
from cinedex.usecases import edit_video
from cinedex.usecases.fail_analysis import REASON_LENGTH_MAX, FailAnalysis, explain

from tests.support.memory.house import House
from tests.support.memory.library import MemoryVideos

T, C, E, O = Feature.TRANSCRIPT, Feature.CAPTIONS, Feature.EMBEDDINGS, Feature.OBJECTS  # noqa: E741
FAILED, BLOCKED, READY = FeatureStatus.FAILED, FeatureStatus.BLOCKED, FeatureStatus.READY


def test_the_feature_that_failed_says_why_and_what_waits_for_it_is_blocked(house: House) -> None:
    video, run = house.started()
    house.fail(*house.order(run), "CorruptMedia", "The sound cannot be decoded.")
    after = house.now(video)
    assert {f: after.feature(f).status for f in (T, C, E, O)} == {T: FAILED, C: BLOCKED, E: BLOCKED, O: BLOCKED}
    assert after.feature(T).error == "The sound cannot be decoded."
    assert after.feature(C).error == "'transcript' failed."


def test_by_products_fail_with_what_yields_them(house: House) -> None:
    video, run = house.started(T)
    house.fail(*house.order(run), "CorruptMedia", "No.")
    assert house.now(video).feature(Feature.SCENES).status is FAILED


def test_what_is_ready_already_stays_ready(house: House) -> None:
    _, run = house.started()
    house.begin(*house.order(run))
    house.plan_chunks(run)
    house.fail(*house.order(run), "AnalysisFailed", "Part 2 failed.")
    after = house.now(run)
    assert {f: after.feature(f).status for f in (T, C, E, O)} == {T: READY, C: FAILED, E: BLOCKED, O: FAILED}
    assert after.feature(E).error == "'captions' failed."


def test_only_what_the_run_computes_fails(house: House) -> None:
    video, run = house.analysing(house.analysed(T), O)
    house.fail(*house.order(run), "OutOfMemory", "")
    after = house.now(video)
    assert (after.feature(O).status, after.feature(C).status) == (FAILED, FeatureStatus.NONE)


def test_the_failed_run_is_closed(house: House) -> None:
    video, run = house.started()
    house.progress.report(video.video_id, run.run_id, "transcribe_speech", None, 0.5)
    house.fail(*house.order(run), "CorruptMedia", "No.")
    assert house.runs.list_open() == []
    assert house.progress.read(video.video_id, run.run_id) == {}


def test_failing_twice_keeps_the_first_reason(house: House) -> None:
    video, run = house.started(T)
    house.fail(*house.order(run), "CorruptMedia", "First.")
    house.fail(*house.order(run), "CorruptMedia", "Second.")
    assert house.now(video).feature(T).error == "First."


def test_an_old_run_does_not_fail_a_newer_one(house: House) -> None:
    video, old = house.started(T)
    house.fail(*house.order(old), "Interrupted", "")
    house.analysing(video, T)
    house.runs.open(house.now(video), old)
    house.fail(*house.order(old), "CorruptMedia", "Late.")
    assert house.now(video).feature(T).status is FeatureStatus.PENDING


def test_a_video_deleted_meanwhile_has_nobody_to_tell(house: House) -> None:
    video, run = house.started()
    house.videos.delete(video.account_id, video.video_id)
    house.fail(*house.order(run), "CorruptMedia", "No.")
    assert house.runs.list_open() == []


class ContendedVideos(MemoryVideos):
    def save(self, video: Video) -> Video:
        raise StaleRevision("The video was changed meanwhile.")


def test_a_failure_that_could_not_be_told_leaves_the_run_open_to_be_told_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edit_video, "PAUSE_MAX_S", 0.0)
    video, run = house.started(T)
    contended = ContendedVideos()
    contended.add(house.now(video))
    with pytest.raises(StaleRevision):
        FailAnalysis(contended, house.runs, house.progress, house.meter)(*house.order(run), "CorruptMedia", "No.")
    assert house.runs.list_of(video.video_id) == [run]


@pytest.mark.parametrize(
    ("error", "cause", "told"),
    [
        ("CorruptMedia", "It is cut off.", "It is cut off."),
        (
            "AnalysisFailed",
            json.dumps({"errorMessage": "Part 1 failed.", "errorType": "AnalysisFailed"}),
            "Part 1 failed.",
        ),
        ("States.Timeout", "", "States.Timeout"),
        ("", "", "The analysis failed."),
        ("E", '{"stackTrace": []}', '{"stackTrace": []}'),
        ("E", "[1, 2]", "[1, 2]"),
        ("E", "x" * 9999, "x" * REASON_LENGTH_MAX),
    ],
)
def test_reasons_are_sentences_however_they_are_wrapped(error: str, cause: str, told: str) -> None:
    assert explain(error, cause) == told
