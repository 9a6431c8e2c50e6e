"""Calibrated scores, and the cutoff that makes "no confident match" possible."""

from __future__ import annotations

import pytest
from cinedex.search.domain.ranking.confidence import MINILM, WORDS_ONLY, Threshold, calibration_of, cutoff


def test_either_kind_of_evidence_makes_a_match_surer() -> None:
    assert MINILM.confidence(0.5, 0.5) > MINILM.confidence(0.4, 0.5)
    assert MINILM.confidence(0.5, 0.5) > MINILM.confidence(0.5, 0.4)


@pytest.mark.parametrize("cosine", [0.41, 0.38, 0.3])
def test_the_closest_texts_of_unanswerable_queries_do_not_clear_the_default(cosine: float) -> None:
    """ "pizza recipe", "dinosaur", "snowboard": the best cosines on the calibration set."""
    assert MINILM.confidence(cosine, 0.0) < cutoff(Threshold.MEDIUM, best=0.0)


@pytest.mark.parametrize(("cosine", "coverage"), [(0.45, 0.0), (0.41, 1.0), (0.30, 1.0), (0.56, 0.43)])
def test_right_answers_clear_the_default(cosine: float, coverage: float) -> None:
    """ "kitten" for a cat, "rocket", "welcome", "female astronaut"."""
    assert MINILM.confidence(cosine, coverage) >= cutoff(Threshold.MEDIUM, best=0.0)


def test_thresholds_are_stricter_from_none_to_high() -> None:
    order = [Threshold.NONE, Threshold.LOW, Threshold.MEDIUM, Threshold.HIGH]
    cutoffs = [cutoff(threshold, best=0.9) for threshold in order]
    assert cutoffs == sorted(set(cutoffs))
    assert cutoffs[0] == 0.0


def test_a_clear_winner_raises_the_cutoff() -> None:
    assert cutoff(Threshold.MEDIUM, best=0.98) > cutoff(Threshold.MEDIUM, best=0.2)


def test_segments_without_vectors_are_judged_by_their_words() -> None:
    assert calibration_of(None) is WORDS_ONLY
    assert WORDS_ONLY.confidence(0.0, 1.0) > 0.9
    assert WORDS_ONLY.confidence(0.0, 0.0) < cutoff(Threshold.LOW, best=0.0)
