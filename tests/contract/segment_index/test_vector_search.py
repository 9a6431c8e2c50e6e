"""What a search by vector finds, in every store."""

from __future__ import annotations

import pytest
from cinedex.kernel.span import span
from cinedex.search.domain.index.segment_document import QueryVector, SegmentFilter
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.timeline.modality import Modality

from tests.support.segments import MODEL, segment, segment_filter, unit

LIMIT = 10


def nearest(
    index: SegmentIndex, vector: tuple[float, ...], within: SegmentFilter, model: str = MODEL
) -> list[tuple[str, int]]:
    hits = index.search("", QueryVector(model=model, values=unit(*vector)), within, LIMIT).vectors
    return [(hit.document.video_id, hit.document.segment_index) for hit in hits]


@pytest.fixture
def library(index: SegmentIndex) -> SegmentIndex:
    index.replace_video(
        "mine",
        "a",
        [
            segment("a", 0, "one", vector=(1, 0, 0)),
            segment("a", 1, "two", vector=(1, 1, 0)),
            segment("a", 2, "three", caption="four", vector=(0, 1, 0), caption_vector=(0.9, 0.1, 0)),
            segment("a", 3, "without a vector"),
        ],
    )
    index.replace_video("mine", "b", [segment("b", 0, "other model", vector=(1, 0, 0), model="newer-3d")])
    index.replace_video("theirs", "c", [segment("c", 0, "x", vector=(1, 0, 0), account_id="theirs")])
    return index


def test_the_nearest_document_comes_first(library: SegmentIndex) -> None:
    assert nearest(library, (1, 0, 0), segment_filter("a")) == [("a", 0), ("a", 2), ("a", 1)]
    assert nearest(library, (0, 1, 0), segment_filter("a")) == [("a", 2), ("a", 1), ("a", 0)]


def test_a_hit_has_every_cosine_of_its_document_and_the_best_one_ranks_it(library: SegmentIndex) -> None:
    vector = QueryVector(model=MODEL, values=(1.0, 0.0, 0.0))
    hits = library.search("", vector, segment_filter("a"), LIMIT).vectors
    assert hits[1].cosines == pytest.approx({Modality.SPEECH: 0.0, Modality.CAPTION: 0.994}, abs=2e-3)
    assert hits[1].score == pytest.approx(0.994, abs=2e-3)


def test_negative_cosines_are_returned(index: SegmentIndex) -> None:
    documents = [segment("a", i, "x", vector=v) for i, v in enumerate([(-1, 0, 0), (-3, 4, 0), (4, 3, 0)])]
    index.replace_video("mine", "a", documents)
    hits = index.search("", QueryVector(model=MODEL, values=(1.0, 0.0, 0.0)), segment_filter("a"), LIMIT).vectors
    assert [hit.document.segment_index for hit in hits] == [2, 1, 0]
    assert [hit.score for hit in hits] == pytest.approx([0.8, -0.6, -1.0], abs=2e-3)


def test_vectors_of_another_model_are_never_compared(library: SegmentIndex) -> None:
    assert nearest(library, (1, 0, 0), segment_filter("a", "b"), model="newer-3d") == [("b", 0)]
    assert ("b", 0) not in nearest(library, (1, 0, 0), segment_filter("a", "b"))
    assert nearest(library, (1, 0, 0), segment_filter("a", "b"), model="unheard-of") == []


def test_only_vectors_of_the_modalities_that_count_are_compared(library: SegmentIndex) -> None:
    captions = segment_filter("a", modalities=(Modality.CAPTION,))
    assert nearest(library, (1, 0, 0), captions) == [("a", 2)]


def test_filters_come_before_ranking(library: SegmentIndex) -> None:
    assert nearest(library, (1, 0, 0), segment_filter("a", within=span(15, 25))) == [("a", 2), ("a", 1)]
    assert nearest(library, (1, 0, 0), segment_filter("c")) == []
    assert nearest(library, (1, 0, 0), segment_filter("a", windows={"a": span(10, 20)})) == [("a", 1)]


def test_the_limit_counts_documents_not_vectors(library: SegmentIndex) -> None:
    vector = QueryVector(model=MODEL, values=(0.0, 1.0, 0.0))
    hits = library.search("", vector, segment_filter("a"), 2).vectors
    assert [hit.document.segment_index for hit in hits] == [2, 1]


def test_words_and_vectors_are_answered_together(library: SegmentIndex) -> None:
    hits = library.search("three", QueryVector(model=MODEL, values=(1.0, 0.0, 0.0)), segment_filter("a"), LIMIT)
    assert [hit.document.segment_index for hit in hits.words] == [2]
    assert len(hits.vectors) == 3


def test_documents_come_without_their_vectors(library: SegmentIndex) -> None:
    hits = library.search("one", QueryVector(model=MODEL, values=(1.0, 0.0, 0.0)), segment_filter("a"), LIMIT)
    assert hits.words[0].document.vectors == ()
    assert hits.vectors[0].document.vectors == ()
    assert hits.vectors[0].document.model == MODEL
