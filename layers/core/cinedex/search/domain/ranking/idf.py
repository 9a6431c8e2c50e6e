"""How much each word of a query tells: a rare one more than a common one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

from cinedex.search.domain.query.query import Term

BACKGROUND = 100
"""Texts of elsewhere that hold none of the words: where every segment shows people, "people" still tells."""


class Rarity:
    """Inverse document frequency of the terms, counted over the candidate texts themselves.

    The candidates hold every text with any of the terms, up to the limit, so this needs no statistics of
    a store and comes out the same for every store.
    """

    def __init__(self, terms: Sequence[Term], texts: Sequence[frozenset[str]]) -> None:
        """`texts` are the stems of each candidate."""
        self._weights = {term: _idf(term, texts) for term in terms}
        self._total = sum(self._weights.values())

    def coverage(self, places: Mapping[Term, float]) -> float:
        """Share in [0, 1] of the query that is found; `places` says what each found term counts."""
        return sum(self._weights[term] * weight for term, weight in places.items()) / (self._total or 1.0)


def _idf(term: Term, texts: Sequence[frozenset[str]]) -> float:
    holding = sum(term.weight_in(text) for text in texts)
    return log(1 + (BACKGROUND + len(texts) + 0.5) / (holding + 0.5))
