"""Words of a query count a little more where they stand together, as they do in the query."""

from __future__ import annotations

import pytest
from cinedex.search.domain.index.segment_document import SignalHits, WordHit
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.ranking.fusion import fuse
from cinedex.search.domain.ranking.proximity import proximity
from cinedex.search.domain.ranking.rank_fusion import Fusion
from cinedex.search.domain.ranking.signal import ALL_SIGNALS, Signal
from cinedex.timeline.modality import Modality

from tests.support.segments import segment

SCATTERED = segment("a", 0, "A red bus waits, and a blue car passes.")
TOGETHER = segment("b", 0, "A blue bus waits, and a red car passes.")
HALF = segment("c", 0, "The red one passes.")
HITS = SignalHits(words=tuple(WordHit(document=d, score=1.0) for d in (SCATTERED, TOGETHER, HALF)))


@pytest.mark.parametrize(
    ("query", "text", "share"),
    [
        ("red car", "A red car passes.", 1.0),
        ("red car", "Red cars pass.", 1.0),
        ("red car", "The car is red.", 0.0),
        ("winter of despair", "it was the winter of our despair", 1.0),
        ("big red car", "A red car that is big.", 0.5),
        ("car", "A red car passes.", 0.0),
        ("red car", "", 0.0),
    ],
)
def test_neighbours_in_the_query_are_looked_for_as_neighbours(query: str, text: str, share: float) -> None:
    assert proximity(Query(text=query).terms, text) == share


@pytest.mark.parametrize("fusion", list(Fusion))
def test_of_two_texts_with_the_same_words_the_one_in_which_they_stand_together_is_first(fusion: Fusion) -> None:
    ranked = fuse(Query(text="red car"), HITS, tuple(Modality), ALL_SIGNALS, fusion)
    assert [s.document for s in ranked] == [TOGETHER, SCATTERED, HALF]


@pytest.mark.parametrize("signal", [Signal.WORDS, Signal.SPEECH])
def test_proximity_counts_in_a_search_by_words_alone(signal: Signal) -> None:
    ranked = fuse(Query(text="red car"), HITS, tuple(Modality), [signal])
    assert [s.document for s in ranked] == [TOGETHER, SCATTERED, HALF]
    assert max(s.score for s in ranked) <= 1.0


def test_standing_together_never_outweighs_a_word_that_is_missing() -> None:
    lacking, whole = segment("a", 0, "A red car passes."), segment("b", 0, "Passing the car, a bus that is red.")
    hits = SignalHits(words=tuple(WordHit(document=d, score=1.0) for d in (lacking, whole)))
    best, *_ = fuse(Query(text="red car bus"), hits, tuple(Modality))
    assert best.document == whole
