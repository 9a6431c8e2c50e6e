"""One ranking out of words and vectors."""

from __future__ import annotations

from cinedex.search.domain.index.segment_document import SegmentDocument, SignalHits, VectorHit, WordHit
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.search.domain.ranking.fusion import fuse
from cinedex.timeline.modality import Modality

from tests.support.segments import MODEL, segment


def _ranked(
    query: str, words: list[SegmentDocument], vectors: dict[str, float], *more: SegmentDocument
) -> list[ScoredSegment]:
    known = {d.document_id: d.model_copy(update={"model": MODEL}) for d in (*words, *more)}
    hits = SignalHits(
        words=tuple(WordHit(document=known[d.document_id], score=1.0) for d in words),
        vectors=tuple(VectorHit(document=known[i], cosines={Modality.SPEECH: c}) for i, c in vectors.items()),
    )
    return fuse(Query(text=query), hits, tuple(Modality))


def _order(ranked: list[ScoredSegment]) -> list[str]:
    return [s.document.document_id for s in ranked]


def test_evidence_in_both_signals_beats_evidence_in_one() -> None:
    both, words, meaning = (segment("a", i, text) for i, text in enumerate(["a rocket", "the rocket", "a launch"]))
    ranked = _ranked("rocket", [both, words], {"a:0": 0.5, "a:2": 0.5}, meaning)
    assert _order(ranked)[0] == "a:0"
    assert len(ranked) == 3


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    common = [segment("a", i, "a person walks") for i in range(8)]
    rare = segment("b", 0, "an elephant")
    ranked = _ranked("person elephant", [*common, rare], {})
    assert _order(ranked)[0] == "b:0"


def test_words_of_the_title_count_less_than_words_of_the_moment() -> None:
    titled, said = segment("a", 0, "hello", about="Rocket"), segment("b", 0, "a rocket")
    assert _order(_ranked("rocket", [titled, said], {})) == ["b:0", "a:0"]


def test_ties_are_broken_by_video_and_time() -> None:
    documents = [segment(v, i, "a rocket") for v, i in (("b", 1), ("a", 10), ("a", 2), ("b", 0))]
    assert _order(_ranked("rocket", documents, {})) == ["a:2", "a:10", "b:0", "b:1"]


def test_the_order_does_not_depend_on_the_scores_of_a_store() -> None:
    documents = [segment("a", i, text) for i, text in enumerate(["rocket", "rocket rocket rocket", "a rocket waits"])]
    hits = [WordHit(document=d, score=s) for d, s in zip(documents, (0.1, 9.0, 3.0), strict=True)]
    one = fuse(Query(text="rocket"), SignalHits(words=tuple(hits)), tuple(Modality))
    other = fuse(Query(text="rocket"), SignalHits(words=tuple(reversed(hits))), tuple(Modality))
    assert one == other


def test_a_phrase_in_quotation_marks_must_be_there_word_for_word() -> None:
    apart, together = segment("a", 0, "a clean big room"), segment("a", 1, "In the clean room.")
    assert _order(_ranked('"clean room"', [apart, together], {})) == ["a:1"]


def test_matched_names_the_strongest_evidence_first_and_leaves_out_the_silent() -> None:
    document = segment("a", 0, "This cat is called Chelsea.", caption="A cup is in view.", objects="cat")
    [scored] = _ranked("Chelsea the cat", [document], {})
    assert scored.matched == (Modality.SPEECH, Modality.OBJECTS)


def test_an_unrequested_modality_is_neither_scored_nor_returned() -> None:
    document = segment("a", 0, "a rocket", caption="A rocket is in view.")
    hits = SignalHits(words=(WordHit(document=document, score=1.0),))
    [scored] = fuse(Query(text="rocket"), hits, (Modality.CAPTION,))
    assert scored.document.texts == {Modality.CAPTION: "A rocket is in view."}


def test_a_document_without_a_known_cosine_scores_no_better_than_the_farthest_neighbour() -> None:
    near, unknown = segment("a", 0, "a rocket"), segment("a", 1, "a rocket")
    ranked = _ranked("rocket", [near, unknown], {"a:0": 0.4})
    assert ranked[0].score == ranked[1].score
