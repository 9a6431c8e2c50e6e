"""From the share of tasks that is done to the share of a feature."""

from __future__ import annotations

import pytest
from cinedex.analysis.domain.progress import feature_progress
from cinedex.library.domain.feature import Feature


@pytest.mark.parametrize("feature", [Feature.TRANSCRIPT, Feature.SCENES])
def test_a_transcript_is_half_speech_and_half_shots(feature: Feature) -> None:
    assert feature_progress(feature, {"transcribe_speech": 1.0}, 0) == 0.5
    assert feature_progress(feature, {"transcribe_speech": 1.0, "detect_shots": 0.5}, 0) == 0.75


def test_chunks_that_have_not_reported_count_as_nothing_done() -> None:
    assert feature_progress(Feature.CAPTIONS, {"analyze_chunk-0": 1.0, "analyze_chunk-3": 0.5}, 4) == 0.375


def test_a_video_not_yet_cut_into_chunks_has_no_progress() -> None:
    assert feature_progress(Feature.OBJECTS, {}, 0) == 0.0


def test_reports_of_an_earlier_cut_never_exceed_the_whole() -> None:
    assert feature_progress(Feature.OBJECTS, {f"analyze_chunk-{i}": 1.0 for i in range(9)}, 3) == 1.0


def test_each_feature_looks_at_its_own_tasks() -> None:
    fractions = {"transcribe_speech": 1.0, "detect_shots": 1.0, "analyze_chunk-0": 1.0}
    assert feature_progress(Feature.EMBEDDINGS, fractions, 1) == 0.0
