"""Whether the words of a query are adjacent in a text, as they are in the query."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from cinedex.kernel.text.tokens import STOP_WORDS, stem, words
from cinedex.search.domain.query.query import Term

PROXIMITY_BOOST = 0.1
"""The most that adjacent words add to a coverage: enough to decide between two texts with the same words, too little
to outweigh a word that one of them lacks."""


def proximity(terms: Sequence[Term], text: str) -> float:
    """Share in [0, 1] of the adjacent pairs of the query that are adjacent in the text, in the same order.

    Stop words between them are ignored. 0 for a query of one word.
    """
    pairs = list(pairwise(terms))
    if not pairs:
        return 0.0
    adjacent = set(pairwise(stem(word) for word in words(text) if word not in STOP_WORDS))
    matched = (any((a, b) in adjacent for a in one.stems for b in other.stems) for one, other in pairs)
    return sum(matched) / len(pairs)
