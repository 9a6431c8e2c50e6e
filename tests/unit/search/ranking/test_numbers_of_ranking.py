"""The numbers that decide a score, stated once more: weights, floors, the calibration, and the formulas with them."""

from __future__ import annotations

from math import exp, log

import pytest
from cinedex.search.domain.query.query import SYNONYM_WEIGHT, Query
from cinedex.search.domain.ranking.candidate import NEAR, ScoredSegment
from cinedex.search.domain.ranking.confidence import (
    DEFAULT_THRESHOLD,
    FLOORS,
    MINILM,
    SHARES_OF_BEST,
    WORDS_ONLY,
    Threshold,
    calibration_of,
    cutoff,
)
from cinedex.search.domain.ranking.idf import IdfWeights
from cinedex.search.domain.ranking.lexical import word_hit
from cinedex.search.domain.ranking.proximity import PROXIMITY_BOOST
from cinedex.search.domain.ranking.rank_fusion import SignalList, convex_combination, reciprocal_ranks
from cinedex.search.domain.ranking.scoring import MODALITY_WEIGHTS
from cinedex.search.domain.ranking.signal import ALL_SIGNALS, LIST_WEIGHTS, Signal, SignalModalities
from cinedex.search.domain.ranking.similarity import cosine, mean_of
from cinedex.timeline.modality import Modality

from tests.support.segments import segment

HIGH, MEDIUM, LOW, NONE = Threshold.HIGH, Threshold.MEDIUM, Threshold.LOW, Threshold.NONE


def test_each_threshold_has_its_floor_and_its_share_of_the_best() -> None:
    assert FLOORS == {HIGH: 0.5, MEDIUM: 0.12, LOW: 0.06, NONE: 0.0}
    assert SHARES_OF_BEST == {HIGH: 0.6, MEDIUM: 0.35, LOW: 0.2, NONE: 0.0}
    assert (DEFAULT_THRESHOLD, NEAR) == (MEDIUM, 0.06)


@pytest.mark.parametrize(
    ("threshold", "best", "lowest"),
    [(HIGH, 0.9, 0.54), (HIGH, 0.1, 0.5), (MEDIUM, 0.9, 0.315), (MEDIUM, 0.2, 0.12), (LOW, 1.0, 0.2), (NONE, 1.0, 0)],
)
def test_the_cutoff_is_the_floor_or_the_share_of_the_best(threshold: Threshold, best: float, lowest: float) -> None:
    assert cutoff(threshold, best) == pytest.approx(lowest)


@pytest.mark.parametrize(("cosine_", "coverage"), [(0.0, 0.0), (0.5, 0.25), (1.0, 1.0)])
def test_the_confidence_is_the_fitted_logistic_function(cosine_: float, coverage: float) -> None:
    with_vector = 1 / (1 + exp(-(8.38 * cosine_ + 6.61 * coverage - 5.64)))
    by_words = 1 / (1 + exp(-(8.46 * coverage - 3.58)))
    assert MINILM.confidence(cosine_, coverage) == pytest.approx(with_vector)
    assert WORDS_ONLY.confidence(cosine_, coverage) == pytest.approx(by_words)


def test_a_model_is_calibrated_by_the_start_of_its_name_in_any_case() -> None:
    assert calibration_of(None) is WORDS_ONLY
    assert {calibration_of(name) for name in ("all-minilm-l6-v2@3", "ALL-MINILM-L6-V2", "another")} == {MINILM}


def test_a_word_counts_the_same_in_every_modality_but_half_in_the_metadata() -> None:
    assert dict.fromkeys(Modality, 1.0) | {Modality.METADATA: 0.5} == MODALITY_WEIGHTS
    assert dict.fromkeys(LIST_WEIGHTS, 1.0) | {Signal.METADATA: 0.9} == LIST_WEIGHTS
    assert list(LIST_WEIGHTS) == [signal for signal in Signal if signal not in ALL_SIGNALS]
    assert (SYNONYM_WEIGHT, PROXIMITY_BOOST) == (0.6, 0.1)


def test_a_word_is_weighed_against_a_hundred_texts_without_it() -> None:
    rare, common = Query(text="rocket people").terms
    texts = [frozenset({"peopl", "people", "person"}), frozenset({"rocket", "people", "person"})]
    frequencies = {term: sum(term.weight_in(text) for text in texts) for term in (rare, common)}
    weights = [log(1 + (100 + 2 + 0.5) / (frequencies[term] + 0.5)) for term in (rare, common)]
    share = IdfWeights((rare, common), texts).coverage({rare: 1.0})
    assert frequencies[rare] == 1.0
    assert share == pytest.approx(weights[0] / sum(weights))
    assert IdfWeights((rare, common), texts).coverage({rare: 0.5, common: 0.5}) == pytest.approx(0.5)


def test_a_query_without_terms_covers_nothing() -> None:
    assert IdfWeights((), ()).coverage({}) == 0.0


def test_a_reciprocal_rank_has_the_constant_of_the_paper_and_ranks_from_one() -> None:
    signal = SignalList(2.0, {"a": 0.9, "b": 0.5, "c": 0.5, "d": 0.1})
    assert reciprocal_ranks([[signal]]) == {"a": 2 / 61, "b": 2 / 62, "c": 2 / 62, "d": 2 / 64}


def test_normalised_scores_are_shares_of_a_best_that_is_above_zero() -> None:
    signal = SignalList(2.0, {"a": 0.8, "b": 0.2, "c": -0.4})
    assert convex_combination([[signal]]) == {"a": 2.0, "b": 0.5, "c": 0.0}
    assert convex_combination([[SignalList(2.0, {"a": 0.0, "b": -0.5})]]) == {}
    assert convex_combination([[SignalList(1.0, {})]]) == {}


def test_vectors_of_different_dimensions_are_not_compared() -> None:
    assert cosine((0.6, 0.8), (0.8, 0.6)) == pytest.approx(0.96)
    for other in ((1.0,), (1.0, 0.0, 0.0)):
        with pytest.raises(ValueError, match=f"vectors of 2 and {len(other)} dimensions"):
            cosine((0.6, 0.8), other)


def test_the_mean_of_opposite_vectors_has_no_length() -> None:
    assert mean_of([(1.0, 0.0), (-1.0, 0.0)]) == ((1.0, 0.0), 0.0)
    direction, length = mean_of([(1.0, 0.0), (0.0, 1.0)])
    assert direction == pytest.approx((0.5**0.5, 0.5**0.5))
    assert length == pytest.approx(0.5**0.5)


@pytest.mark.parametrize("signal", list(Signal))
def test_a_signal_compares_words_or_vectors_of_the_modality_that_it_names(signal: Signal) -> None:
    expected: dict[Signal, tuple[set[Modality], set[Modality]]] = {
        Signal.WORDS: (set(Modality), set()),
        Signal.VECTORS: (set(), {Modality.SPEECH, Modality.CAPTION, Modality.SUBTITLE}),
        Signal.SPEECH_VECTORS: (set(), {Modality.SPEECH}),
        Signal.CAPTION_VECTORS: (set(), {Modality.CAPTION}),
        Signal.SUBTITLE_VECTORS: (set(), {Modality.SUBTITLE}),
    }
    named = {modality for modality in Modality if modality.value == signal.value}
    words, vectors = expected.get(signal, (named, set()))
    assert (signal.words_of, signal.vectors_of) == (words, vectors)


def test_the_modalities_of_signals_come_in_their_order() -> None:
    evidence = SignalModalities.of((Signal.OBJECTS, Signal.SPEECH_VECTORS))
    assert evidence.modalities == tuple(m for m in Modality if m in (Modality.SPEECH, Modality.OBJECTS))


def test_a_document_in_memory_is_a_hit_by_the_number_of_its_words() -> None:
    document = segment("a", 0, "a rocket and a cat", caption="a rocket")
    hit = word_hit(document, frozenset({"rocket", "cat", "dog"}), (Modality.SPEECH, Modality.CAPTION))
    assert hit is not None
    assert (hit.score, hit.document.vectors) == (2.0, ())
    assert word_hit(document, frozenset({"cat"}), (Modality.CAPTION,)) is None


def test_a_scored_segment_has_no_evidence_unless_it_is_given() -> None:
    scored = ScoredSegment(document=segment("a", 0, "x"), score=0.5, matched=())
    assert (scored.cosine, scored.coverage, scored.rank_score) == (0.0, 0.0, None)
    assert scored.sort_key == (-0.5, -0.5, "a", 0)
    assert scored.model_copy(update={"rank_score": 0.0}).sort_key == (0.0, -0.5, "a", 0)
