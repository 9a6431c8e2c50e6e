"""Whether the words of a query are adjacent in a text, as they are in the query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import pairwise

from cinedex.kernel.text.stemming import ENGLISH_ONLY
from cinedex.kernel.text.tokenizer import tokenize
from cinedex.kernel.text.tokens import STOP_WORDS, stems_of_token
from cinedex.search.domain.query.query import Term

PROXIMITY_BOOST = 0.1
"""The most that adjacent words add to a coverage: enough to decide between two texts with the same words, too little
to outweigh a word that one of them lacks."""


def proximity(terms: Sequence[Term], text: str, languages: Collection[str] = ENGLISH_ONLY) -> float:
    """Share in [0, 1] of the adjacent pairs of the query that are adjacent in the text, in the same order.

    Stop words between them are ignored. 0 for a query of one word.
    """
    pairs = list(pairwise(terms))
    if not pairs:
        return 0.0
    places = _places(text, languages)
    found = [{at for stem in places.keys() & term.stems for at in places[stem]} for term in terms]
    matched = sum(any(at + 1 in second for at in first) for first, second in pairwise(found))
    return matched / len(pairs)


def _places(text: str, languages: Collection[str]) -> dict[str, list[int]]:
    """The places of each stem among the words that are no stop words."""
    places = defaultdict[str, list[int]](list)
    kept = (token for token in tokenize(text) if not token.is_variant and token.text not in STOP_WORDS)
    for at, token in enumerate(kept):
        for stem in stems_of_token(token, text, languages):
            places[stem].append(at)
    return places
