"""Inverse document frequency: a rare word of a query counts more than a common one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

from cinedex.search.domain.query.query import Term

BACKGROUND = 100
"""Number of assumed other texts with none of the words: "people" keeps some weight where every segment shows people."""


class IdfWeights:
    """Inverse document frequency of the terms, counted over the candidate texts.

    The candidates contain every text with any of the terms, up to the limit, so no statistics of a store are needed
    and the result is the same for every store.
    """

    def __init__(self, terms: Sequence[Term], texts: Sequence[frozenset[str]]) -> None:
        """`texts` are the stems of each candidate."""
        self._weights = {term: _idf(term, texts) for term in terms}
        self._total = sum(self._weights.values())

    def coverage(self, matches: Mapping[Term, float]) -> float:
        """Share in [0, 1] of the query that is matched; `matches` has the weight of each matched term."""
        return sum(self._weights[term] * weight for term, weight in matches.items()) / (self._total or 1.0)


def _idf(term: Term, texts: Sequence[frozenset[str]]) -> float:
    frequency = sum(term.weight_in(text) for text in texts)
    return log(1 + (BACKGROUND + len(texts) + 0.5) / (frequency + 0.5))
