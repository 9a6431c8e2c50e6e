"""Whether the words of a query stand together in a text, as they do in the query."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from cinedex.kernel.text.tokens import STOP_WORDS, stem, words
from cinedex.search.domain.query.query import Term

PHRASE_BOOST = 0.1
"""How much more the words of a query count where all of them stand together: enough to decide between two texts that
hold the same words, and too little to outweigh a word that one of them lacks."""


def togetherness(terms: Sequence[Term], text: str) -> float:
    """Share in [0, 1] of the neighbours in the query that are neighbours in the text, in this order.

    Small words between them do not part them. 0 for a query of one word.
    """
    asked = list(pairwise(terms))
    if not asked:
        return 0.0
    there = set(pairwise(stem(word) for word in words(text) if word not in STOP_WORDS))
    together = (any((a, b) in there for a in one.stems for b in other.stems) for one, other in asked)
    return sum(together) / len(asked)
