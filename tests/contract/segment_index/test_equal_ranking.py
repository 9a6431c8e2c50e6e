"""The same library gives the same moments in the same order, whatever store holds it."""

from __future__ import annotations

import pytest
from cinedex.search.domain.index.segment_document import SegmentDocument, Vector
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.query.search_scope import SearchScope
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.search.usecases.retrieval.retrieve_segments import RetrieveSegments

from tests.support.memory.segment_index import MemorySegmentIndex
from tests.support.ready_videos import WordVectors
from tests.support.segments import segment

SENTENCES = (
    "Eileen Collins was the first woman to pilot the space shuttle.",
    "This Falcon 9 rocket is waiting at Cape Canaveral, in Florida.",
    "In February 2015 it sent a climate satellite a million miles away from Earth.",
    "This cat is called Chelsea, and it waits for a cup of coffee.",
    "To make an espresso, hot water is pushed through finely ground beans.",
    "The telescope is tested before it travels to Houston.",
    "It was the best of times, it was the worst of times.",
)
QUERIES = (
    "cat",
    "rocket in Florida",
    "who piloted the shuttle?",
    "waiting",
    "best of times",
    "water and coffee",
)


def _library() -> dict[str, list[SegmentDocument]]:
    return {v: [_embedded(segment(v, i, s)) for i, s in enumerate(SENTENCES)] for v in ("a", "b")}


def _embedded(document: SegmentDocument) -> SegmentDocument:
    [values] = WordVectors().embed(list(document.texts.values())).vectors
    vectors = (Vector(modality=next(iter(document.texts)), values=values),)
    return document.model_copy(update={"vectors": vectors, "model": WordVectors.model})


def _ranked(index: SegmentIndex, query: str) -> list[tuple[str, float]]:
    scored = RetrieveSegments(index, WordVectors())(Query(text=query), SearchScope("mine")).scored
    return [(s.document.document_id, s.score) for s in scored]


@pytest.mark.parametrize("query", QUERIES)
def test_every_store_ranks_as_the_plainest_one_does(index: SegmentIndex, query: str) -> None:
    plainest = MemorySegmentIndex()
    for store in (plainest, index):
        for video_id, documents in _library().items():
            store.replace_video("mine", video_id, documents)
    expected, actual = _ranked(plainest, query), _ranked(index, query)
    relevant = [document_id for document_id, score in expected if score > 0.05]
    assert [document_id for document_id, _ in actual][: len(relevant)] == relevant
    assert dict(actual) == pytest.approx(dict(expected), abs=0.01)
