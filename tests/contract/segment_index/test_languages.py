"""A word is found in its inflections in the language of the text, alike in every store."""

from __future__ import annotations

import pytest
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.search.domain.ranking.fusion import fuse
from cinedex.search.domain.ranking.highlight import mark_words
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.timeline.modality import Modality

from tests.support.inflected_queries import CASES, SENTENCES
from tests.support.segments import segment, segment_filter

ENGLISH = ("The news of today", "A new house", "It is hard to die", "Elle est une reine")


@pytest.fixture
def library(index: SegmentIndex) -> SegmentIndex:
    spoken = [(text, language) for language, sentences in SENTENCES.items() for text in sentences]
    documents = [
        segment("a", i, text).model_copy(update={"languages": {Modality.SPEECH: (language,)}})
        for i, (text, language) in enumerate(spoken)
    ]
    welsh = segment("a", 90, "Mae plant yn chwarae").model_copy(update={"languages": {Modality.SPEECH: ("cy",)}})
    english = [segment("a", 100 + i, text) for i, text in enumerate(ENGLISH)]
    index.replace_video("mine", "a", [*documents, welsh, *english])
    return index


def found(index: SegmentIndex, typed: str) -> list[ScoredSegment]:
    query = Query(text=typed)
    hits = index.search(query.index_words, None, segment_filter("a"), 50)
    return [s for s in fuse(query, hits, tuple(Modality)) if s.coverage > 0.3]


def texts(scored: list[ScoredSegment]) -> list[str]:
    return [s.document.texts[Modality.SPEECH] for s in scored]


def test_each_inflection_finds_its_sentence_first(library: SegmentIndex) -> None:
    missed = [(typed, text) for _, text, typed in CASES if texts(found(library, typed))[:1] != [text]]
    assert missed == []


def test_the_languages_of_a_text_are_stored(library: SegmentIndex) -> None:
    (train, *_) = found(library, "Züge nach Hamburg")
    assert train.document.languages == {Modality.SPEECH: ("de",)}
    assert found(library, "news")[0].document.languages == {}


def test_stems_of_one_language_are_not_compared_with_those_of_another(library: SegmentIndex) -> None:
    """The German stem of "news" is "new", and the Spanish one of "reinas" is the English one of "reine"."""
    assert texts(found(library, "news")) == ["The news of today"]
    assert found(library, "reinas") == []


def test_a_text_in_a_language_without_a_stemmer_is_found_by_its_exact_words(library: SegmentIndex) -> None:
    assert texts(found(library, "CHWARAE")) == ["Mae plant yn chwarae"]
    assert found(library, "plants chwaraes") == []


def test_the_words_that_are_found_are_marked_in_their_inflection() -> None:
    query = Query(text="Gärten vor Häusern")
    marked = mark_words("Der Garten hinter dem Haus", query, ("de",))
    assert marked == "Der <em>Garten</em> hinter dem <em>Haus</em>"
    assert mark_words("Das Haus", query) is None
