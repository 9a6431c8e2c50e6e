"""From the share of tasks that is done to the share of a feature."""

from __future__ import annotations

import pytest
from cinedex.analysis.domain.progress import RunWork, feature_progress
from cinedex.library.domain.feature import Feature


@pytest.mark.parametrize("feature", [Feature.TRANSCRIPT, Feature.SCENES])
def test_a_transcript_is_half_speech_and_half_shots(feature: Feature) -> None:
    assert feature_progress(feature, {"transcribe_speech": 1.0}, 0) == 0.5
    assert feature_progress(feature, {"transcribe_speech": 1.0, "detect_shots": 0.5}, 0) == 0.75


def test_chunks_that_have_not_reported_count_as_nothing_done() -> None:
    assert feature_progress(Feature.CAPTIONS, {"analyze_chunk-0": 1.0, "analyze_chunk-3": 0.5}, 4) == 0.375


def test_frames_that_are_sampled_with_the_shots_are_most_of_the_work_of_the_chunks() -> None:
    fractions = {"detect_shots": 0.5, "sampled_frames": 0.5}
    assert feature_progress(Feature.CAPTIONS, fractions, 0) == pytest.approx(0.45)
    assert feature_progress(Feature.CAPTIONS, {"sampled_frames": 1.0, "analyze_chunk-0": 1.0}, 2) == pytest.approx(0.95)


WORK = RunWork(sound_s=10.0, pictures_s=100.0)
ALL_TASKS = ("transcribe_speech", "detect_shots", "analyze_chunk-0", "analyze_chunk-1")
HALF_OF_ONE_PASS = {"transcribe_speech": 1.0, "detect_shots": 0.5, "sampled_frames": 0.5}


@pytest.mark.parametrize(
    ("feature", "fractions", "remaining_s"),
    [
        (Feature.TRANSCRIPT, HALF_OF_ONE_PASS, 90.0),
        (Feature.CAPTIONS, HALF_OF_ONE_PASS, 110.0),
        (Feature.EMBEDDINGS, HALF_OF_ONE_PASS, 110.0),
        (Feature.SCENES, {"transcribe_speech": 1.0, "detect_shots": 0.5}, 15 / 25 * 110),
        (Feature.OBJECTS, {"transcribe_speech": 1.0, "detect_shots": 1.0, "analyze_chunk-0": 1.0}, 35 / 75 * 110),
        (Feature.OBJECTS, dict.fromkeys(ALL_TASKS, 1.0), 0.0),
    ],
)
def test_what_is_left_takes_as_long_as_what_is_done(
    feature: Feature, fractions: dict[str, float], remaining_s: float
) -> None:
    assert WORK.remaining_s(feature, fractions, 2, 110.0) == pytest.approx(remaining_s)


@pytest.mark.parametrize("feature", [Feature.CAPTIONS, Feature.OBJECTS, Feature.EMBEDDINGS])
def test_only_chunks_are_left_of_a_run_without_a_transcript(feature: Feature) -> None:
    work = RunWork(sound_s=0.0, pictures_s=100.0, detects_shots=False)
    assert work.remaining_s(feature, {"analyze_chunk-0": 0.4}, 2, 20.0) == pytest.approx(80.0)
    assert work.remaining_s(feature, dict.fromkeys(ALL_TASKS, 1.0), 2, 20.0) == 0.0


@pytest.mark.parametrize(
    ("work", "fractions", "elapsed_s"),
    [(WORK, {}, 9.0), (WORK, {"detect_shots": 0.01}, 9.0), (WORK, HALF_OF_ONE_PASS, 0.0), (RunWork(0, 0), {}, 9.0)],
    ids=["no report", "too little done", "no time", "no estimate of the work"],
)
def test_there_is_no_estimate_before_the_speed_is_known(
    work: RunWork, fractions: dict[str, float], elapsed_s: float
) -> None:
    assert work.remaining_s(Feature.CAPTIONS, fractions, 2, elapsed_s) is None


def test_a_video_not_yet_cut_into_chunks_has_no_progress() -> None:
    assert feature_progress(Feature.OBJECTS, {}, 0) == 0.0


def test_reports_of_an_earlier_cut_never_exceed_the_whole() -> None:
    assert feature_progress(Feature.OBJECTS, {f"analyze_chunk-{i}": 1.0 for i in range(9)}, 3) == 1.0


def test_each_feature_looks_at_its_own_tasks() -> None:
    fractions = {"transcribe_speech": 1.0, "detect_shots": 1.0, "analyze_chunk-0": 1.0}
    assert feature_progress(Feature.EMBEDDINGS, fractions, 1) == 0.0
