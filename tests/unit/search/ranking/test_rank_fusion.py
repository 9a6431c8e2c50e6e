"""One order out of several lists, with numbers worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.search.domain.index.segment_document import SignalHits, VectorHit, WordHit
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.search.domain.ranking.fusion import fuse, rank
from cinedex.search.domain.ranking.rank_fusion import Fusion, SignalList, convex_combination, reciprocal_ranks
from cinedex.search.domain.ranking.signal import (
    ALL_EVIDENCE,
    ALL_SIGNALS,
    LIST_WEIGHTS,
    SINGLE_SIGNALS,
    Signal,
    SignalModalities,
)
from cinedex.timeline.modality import Modality

from tests.support.segments import segment

OTHERS = (Fusion.RRF, Fusion.NORMALIZED)


def test_reciprocal_ranks_add_up_over_words_and_vectors() -> None:
    words, vectors = SignalList(1.0, {"a": 9.0, "b": 5.0}), SignalList(1.0, {"b": 0.3, "c": 0.2, "a": 0.1})
    rank_scores = reciprocal_ranks([[words], [vectors]])
    assert rank_scores == pytest.approx({"a": 1 / 61 + 1 / 63, "b": 1 / 62 + 1 / 61, "c": 1 / 62})
    assert rank_scores["b"] > rank_scores["a"] > rank_scores["c"]


def test_of_the_words_of_all_modalities_the_best_list_counts() -> None:
    speech, caption = SignalList(1.0, {"a": 0.9, "b": 0.5}), SignalList(1.0, {"b": 0.4, "c": 0.3})
    assert reciprocal_ranks([[speech, caption]]) == pytest.approx({"a": 1 / 61, "b": 1 / 61, "c": 1 / 62})
    assert convex_combination([[speech, caption]]) == pytest.approx({"a": 1.0, "b": 1.0, "c": 0.75})


def test_a_list_counts_by_its_weight() -> None:
    speech, about = SignalList(1.0, {"a": 1.0}), SignalList(0.5, {"a": 1.0, "b": 1.0})
    assert reciprocal_ranks([[speech, about]]) == pytest.approx({"a": 1 / 61, "b": 0.5 / 61})
    assert convex_combination([[speech, about]]) == pytest.approx({"a": 1.0, "b": 0.5})


def test_equal_scores_share_the_best_rank_of_theirs() -> None:
    rank_scores = reciprocal_ranks([[SignalList(1.0, {"a": 1.0, "b": 1.0, "c": 1.0, "d": 0.5})]])
    assert rank_scores == pytest.approx({"a": 1 / 61, "b": 1 / 61, "c": 1 / 61, "d": 1 / 64})


def test_normalised_scores_are_added_as_shares_of_the_best() -> None:
    words, vectors = SignalList(1.0, {"a": 0.8, "b": 0.2}), SignalList(1.0, {"b": 0.6, "c": 0.3})
    assert convex_combination([[words], [vectors]]) == pytest.approx({"a": 1.0, "b": 1.25, "c": 0.5})


def test_a_cosine_below_zero_says_nothing() -> None:
    vectors = [SignalList(1.0, {"a": 0.8, "b": -0.4}), SignalList(1.0, {"c": -0.1}), SignalList(1.0, {})]
    assert convex_combination([vectors]) == pytest.approx({"a": 1.0, "b": 0.0})


def test_no_list_gives_no_rank_score() -> None:
    assert reciprocal_ranks([]) == convex_combination([[], []]) == {}


def test_all_single_signals_together_are_all_evidence() -> None:
    assert SignalModalities.of(SINGLE_SIGNALS) == ALL_EVIDENCE
    assert all(len(signal.words_of) + len(signal.vectors_of) == 1 for signal in SINGLE_SIGNALS)


SAID = segment("a", 0, "A rocket is waiting.", caption="A person stands.", model="toy", vector=(1, 0, 0))
SHOWN = segment(
    "a", 1, "Good morning.", caption="A rocket is in view.", objects="rocket", model="toy", vector=(1, 0, 0)
)
NEITHER = segment("b", 0, "The launch is near.", model="toy", vector=(1, 0, 0))
HITS = SignalHits(
    words=(WordHit(document=SAID, score=2.0), WordHit(document=SHOWN, score=1.0)),
    vectors=(
        VectorHit(document=SAID, cosines={Modality.SPEECH: 0.5, Modality.CAPTION: 0.1}),
        VectorHit(document=NEITHER, cosines={Modality.SPEECH: 0.4}),
        VectorHit(document=SHOWN, cosines={Modality.SPEECH: 0.1, Modality.CAPTION: 0.3}),
    ),
)


def _fused(*signals: Signal, fusion: Fusion = Fusion.CALIBRATED, query: str = "rocket") -> list[ScoredSegment]:
    return fuse(Query(text=query), HITS, tuple(Modality), signals or ALL_SIGNALS, fusion)


def _order(ranked: list[ScoredSegment]) -> list[str]:
    return [s.document.document_id for s in ranked]


def test_ranks_are_fused_over_the_words_and_vectors_of_each_modality() -> None:
    rank_scores = {s.document.document_id: s.rank_score for s in _fused(fusion=Fusion.RRF)}
    first_by_speech_vectors = first_by_caption_vectors = first_by_words = 1 / 61
    assert rank_scores["a:0"] == pytest.approx(first_by_words + first_by_speech_vectors)
    assert rank_scores["a:1"] == pytest.approx(first_by_words + first_by_caption_vectors)
    assert rank_scores["b:0"] == pytest.approx(1 / 62)


def test_scores_are_added_over_the_words_and_vectors_of_each_modality() -> None:
    rank_scores = {s.document.document_id: s.rank_score for s in _fused(fusion=Fusion.NORMALIZED)}
    assert rank_scores == pytest.approx({"a:0": 1 + 0.5 / 0.5, "a:1": 1 + 0.3 / 0.3, "b:0": 0.4 / 0.5})


@pytest.mark.parametrize("fusion", OTHERS)
def test_a_fusion_decides_the_order_and_not_how_sure_we_are(fusion: Fusion) -> None:
    scores = {s.document.document_id: s.score for s in _fused()}
    ranked = _fused(fusion=fusion)
    assert {s.document.document_id: s.score for s in ranked} == scores
    assert [s.rank_score for s in ranked] == sorted((s.rank_score or 0.0 for s in ranked), reverse=True)


@pytest.mark.parametrize(
    ("signal", "expected"),
    [
        (Signal.WORDS, ["a:0", "a:1"]),
        (Signal.VECTORS, ["a:0", "b:0", "a:1"]),
        (Signal.SPEECH, ["a:0"]),
        (Signal.CAPTION, ["a:1"]),
        (Signal.OBJECTS, ["a:1"]),
        (Signal.SCREEN_TEXT, []),
        (Signal.METADATA, []),
        (Signal.SPEECH_VECTORS, ["a:0", "b:0", "a:1"]),
        (Signal.CAPTION_VECTORS, ["a:1", "a:0"]),
    ],
)
def test_each_signal_has_a_ranking_of_its_own(signal: Signal, expected: list[str]) -> None:
    assert _order(_fused(signal)) == expected


def test_several_signals_are_fused_from_their_evidence_alone() -> None:
    both = _fused(Signal.SPEECH, Signal.CAPTION_VECTORS)
    assert _order(both) == ["a:0", "a:1"]
    assert [s.matched for s in both] == [(Modality.SPEECH,), (Modality.CAPTION,)]
    assert [(s.coverage, s.cosine) for s in both] == [(1.0, 0.1), (0.0, 0.3)]


def test_words_that_no_vector_was_compared_beside_are_judged_as_words() -> None:
    """The text model is down: half of the words must not look like next to nothing."""
    hits = SignalHits(words=HITS.words)
    [said, _] = fuse(Query(text="rocket parked"), hits, tuple(Modality))
    assert said.coverage == pytest.approx(0.5, abs=0.1)
    assert said.score > 0.4


@pytest.mark.parametrize(("fusion", "rank_score"), [(Fusion.RRF, 1 / 61), (Fusion.NORMALIZED, 1.0)])
def test_a_closer_look_is_ordered_by_the_same_fusion(fusion: Fusion, rank_score: float) -> None:
    ranked = _fused(fusion=fusion)
    looked = [s.reranked({Modality.SPEECH: 0.95}) if s.document == NEITHER else s for s in ranked]
    again = {s.document.document_id: s for s in rank(looked, fusion)}
    assert again["b:0"].rank_score == pytest.approx(rank_score)
    assert (again["b:0"].cosine, again["b:0"].cosines) == (0.95, {Modality.SPEECH: 0.95})


def test_a_closer_look_never_makes_a_moment_less_sure() -> None:
    for moment in _fused():
        for cosine in (-0.5, 0.2, 0.9):
            assert moment.reranked({Modality.OBJECTS: cosine}).score >= moment.score


def test_a_text_without_a_vector_makes_a_moment_surer_and_is_in_no_list_of_vectors() -> None:
    [said, *_] = _fused()
    looked = said.reranked({Modality.OBJECTS: 0.9})
    assert looked.score > said.score
    assert looked.cosines == said.cosines


@pytest.mark.parametrize(("caption", "is_named"), [(0.7, True), (0.6, False)])
def test_a_modality_is_named_if_its_vector_is_more_than_half_as_near_as_the_nearest(
    caption: float, is_named: bool
) -> None:
    hit = VectorHit(document=SAID, cosines={Modality.SPEECH: 0.9, Modality.CAPTION: caption})
    (moment,) = fuse(Query(text="zebra"), SignalHits(vectors=(hit,)), tuple(Modality))
    assert moment.matched == ((Modality.SPEECH, Modality.CAPTION) if is_named else (Modality.SPEECH,))


def test_a_closer_look_that_finds_no_sentence_changes_nothing() -> None:
    (moment, *_) = _fused()
    assert moment.reranked({}) == moment
    assert moment.reranked({Modality.SPEECH: 0.95}).cosine == 0.95


def test_a_moment_lists_the_signals_that_match_it() -> None:
    said, shown, neither = sorted(_fused(), key=lambda s: s.sort_key[2:])
    assert said.matched_by == (Signal.SPEECH, Signal.SPEECH_VECTORS)
    assert shown.matched_by == (Signal.CAPTION, Signal.OBJECTS), "a cosine of 0.3 is nothing"
    assert neither.matched_by == (Signal.SPEECH_VECTORS,)


def test_words_that_are_spoken_shown_or_seen_count_more_than_those_of_the_metadata() -> None:
    others = {weight for signal, weight in LIST_WEIGHTS.items() if signal is not Signal.METADATA}
    assert LIST_WEIGHTS[Signal.METADATA] < min(others)


@pytest.mark.parametrize("fusion", list(Fusion))
@pytest.mark.parametrize("modality", ["speech", "caption", "screen_text", "objects"])
def test_of_two_segments_with_the_same_words_that_of_the_metadata_ranks_below(fusion: Fusion, modality: str) -> None:
    words = "a rocket at the cape"
    text: Any = {"speech": words} if modality == "speech" else {modality: words}
    evident, about = segment("a", 1, **text), segment("a", 0, about=words)
    hits = SignalHits(words=tuple(WordHit(document=d, score=1.0) for d in (about, evident)))
    ranked = fuse(Query(text=words), hits, tuple(Modality), ALL_SIGNALS, fusion)
    assert _order(ranked) == ["a:1", "a:0"]
