"""Whether the words of a query are adjacent in a text, as they are in the query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise

from cinedex.kernel.text.stemming import ENGLISH_ONLY
from cinedex.kernel.text.tokenizer import tokenize
from cinedex.kernel.text.tokens import STOP_WORDS, stem, stems_of_token, words
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
    for at, stems in enumerate(_stems_in_order(text, languages)):
        for one in stems:
            places[one].append(at)
    return places


def _stems_in_order(text: str, languages: Collection[str]) -> Iterator[Iterable[str]]:
    """English ones do not depend on the word as it is written, so they need no positions in the text."""
    if tuple(languages) == ENGLISH_ONLY:
        yield from ((stem(word),) for word in words(text) if word not in STOP_WORDS)
        return
    for token in tokenize(text):
        if not token.is_variant and token.text not in STOP_WORDS:
            yield stems_of_token(token, text, languages)
