"""Where sentences are cut and words are marked, and how scored segments are ordered, merged and rounded."""

from __future__ import annotations

import pytest
from cinedex.search.domain.index.segment_document import SignalHits, VectorHit, WordHit
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.ranking.candidate import Candidate, ScoredSegment
from cinedex.search.domain.ranking.fusion import best_score, fuse, merge_best_scores, rank
from cinedex.search.domain.ranking.highlight import _marked, mark_literal, mark_words, sentences
from cinedex.search.domain.ranking.rank_fusion import Fusion
from cinedex.search.domain.ranking.signal import Signal
from cinedex.timeline.modality import Modality

from tests.support.segments import MODEL, segment

SPEECH, CAPTION = Modality.SPEECH, Modality.CAPTION


def scored(video_id: str, score: float, index: int = 0, rank_score: float | None = None) -> ScoredSegment:
    return ScoredSegment(document=segment(video_id, index, "x"), score=score, matched=(), rank_score=rank_score)


# Sentences and marks


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", ()),
        ("One. Two.", ("One.", "Two.")),
        ("One\nTwo", ("One", "Two")),
        ("No cut. here", ("No cut. here",)),
        ("“Stop. Now.” He ran.", ("“Stop. Now.”", "He ran.")),
        ("“One.” “Two.”", ("“One.”", "“Two.”")),
        ("Odd ” mark. Next.", ("Odd ” mark.", "Next.")),
    ],
)
def test_a_text_is_cut_after_its_sentences(text: str, pieces: tuple[str, ...]) -> None:
    assert sentences(text) == pieces


@pytest.mark.parametrize(
    ("spans", "marked"),
    [
        ([], None),
        ([(0, 2)], "<em>ab</em>cdef"),
        ([(4, 6)], "abcd<em>ef</em>"),
        ([(0, 2), (2, 4)], "<em>ab</em><em>cd</em>ef"),
        ([(0, 3), (2, 5)], "<em>abcde</em>f"),
        ([(0, 5), (1, 2), (4, 6)], "<em>abcdef</em>"),
        ([(4, 6), (0, 1)], "<em>a</em>bcd<em>ef</em>"),
    ],
)
def test_overlapping_marks_are_one_and_adjacent_marks_are_two(spans: list[tuple[int, int]], marked: str | None) -> None:
    assert _marked("abcdef", spans) == marked


def test_every_occurrence_is_marked_and_an_empty_text_marks_nothing() -> None:
    assert mark_literal("Abc abc", "ABC") == "<em>Abc</em> <em>abc</em>"
    assert mark_literal("abc", "") is None
    assert mark_words("a cat, two cats", Query(text="cat")) == "a <em>cat</em>, two <em>cats</em>"


# Order


def test_segments_are_ordered_by_rank_score_then_score_then_place() -> None:
    segments = [
        scored("b", 0.5),
        scored("a", 0.5, 1),
        scored("a", 0.5),
        scored("c", 0.9),
        scored("d", 0.1, rank_score=0.95),
    ]
    assert [(s.document.video_id, s.document.segment_index) for s in rank(segments, Fusion.CALIBRATED)] == [
        ("d", 0), ("c", 0), ("a", 0), ("a", 1), ("b", 0),
    ]  # fmt: skip


def test_the_better_of_two_scores_stays_and_of_equal_ones_the_first() -> None:
    first, other = [scored("a", 0.5), scored("b", 0.5)], [scored("a", 0.4), scored("b", 0.6), scored("c", 0.1)]
    merged = {s.document.video_id: s for s in merge_best_scores(first, other)}
    assert {name: s.score for name, s in merged.items()} == {"a": 0.5, "b": 0.6, "c": 0.1}
    equal = scored("a", 0.5).model_copy(update={"coverage": 0.7})
    assert merge_best_scores(first, [equal])[0] is first[0]


def test_the_best_of_no_segments_has_no_score() -> None:
    assert (best_score([]), best_score([scored("a", 0.2), scored("b", 0.3)])) == (0.0, 0.3)


# Evidence


def hits(*cosines: float) -> SignalHits:
    documents = [segment("a", n, f"word{n}", vector=(1, 0, 0)) for n in range(len(cosines))]
    return SignalHits(
        vectors=tuple(VectorHit(document=d, cosines={SPEECH: c}) for d, c in zip(documents, cosines, strict=True))
    )


@pytest.mark.parametrize(
    ("cosine", "score", "rank_score"), [(0.51236, 0.5124, 0.5124), (-0.2, 0.0, -0.2), (1.2, 1.0, 1.2)]
)
def test_a_single_signal_has_its_own_measure_as_its_score(cosine: float, score: float, rank_score: float) -> None:
    (found,) = fuse(Query(text="x"), hits(cosine), (SPEECH,), (Signal.VECTORS,))
    assert (found.score, found.rank_score) == (score, rank_score)


def test_a_score_is_rounded_to_four_places() -> None:
    (found,) = fuse(Query(text="x"), hits(0.4), (SPEECH,))
    assert found.score == round(found.score, 4) != round(found.score, 3)


def test_words_alone_are_scored_by_their_coverage() -> None:
    documents = (segment("a", 0, "red car"), segment("a", 1, "red"))
    found = fuse(
        Query(text="red car"), SignalHits(words=tuple(WordHit(document=d, score=1) for d in documents)), (SPEECH,),
        (Signal.WORDS,),
    )  # fmt: skip
    assert [s.document.segment_index for s in found] == [0, 1]
    assert found[0].score == 1.0 > found[1].score > 0.0


@pytest.mark.parametrize(("cosine", "is_near"), [(0.34, False), (0.345, True)])
def test_a_vector_alone_matches_from_a_low_confidence_on(cosine: float, is_near: bool) -> None:
    """At a cosine of 0.3447 the confidence without a word is 0.06."""
    found = scored("a", 0.5).model_copy(
        update={"cosines": {SPEECH: cosine}, "document": segment("a", 0, "x", vector=(1, 0, 0))}
    )
    assert found.matched_by == ((Signal.SPEECH_VECTORS,) if is_near else ())
    assert found.document.model == MODEL


def test_a_phrase_is_in_a_text_word_for_word() -> None:
    candidate = Candidate(document=segment("a", 0, "The red car stops.", caption="犬が走る"))
    assert candidate.contains("red car")
    assert not candidate.contains("red cars")
    assert not candidate.contains("ed car")
    assert candidate.contains("犬")
    assert not candidate.contains("t")
    assert candidate.all_stems >= {"red", "car"}
    assert candidate.cosines == {}


def test_reranking_rounds_and_never_lowers() -> None:
    before = scored("a", 0.5).model_copy(update={"cosine": 0.2, "cosines": {SPEECH: 0.2, CAPTION: 0.1}})
    after = before.reranked({SPEECH: 0.9})
    assert (after.cosine, after.cosines) == (0.9, {SPEECH: 0.9, CAPTION: 0.1})
    assert after.score == round(after.score, 4) >= 0.5
    assert before.reranked({}) == before.reranked({SPEECH: 0.1})
    assert before.reranked({}).cosine == 0.2
