"""The words of a query that every text of a language has, where the texts may be in other languages than English."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache

from cinedex.kernel.text.folding import fold
from cinedex.kernel.text.stemming import ALGORITHMS, ENGLISH

STOP_WORDS_MIN = 2
"""Fewer stop words of another language are chance: "die" is German, and in "Die Hard" it is not."""


def without_stop_words(
    content: Sequence[str], words: Sequence[str], languages: Collection[str], english: Collection[str]
) -> tuple[str, ...]:
    """`content` without the stop words of the language of the query, which is one of `languages`.

    `words` are all words of the query. An English stop word that the other language does not have makes it English.
    """
    distinct = frozenset(words)
    counts: dict[str, int] = {}
    for code in languages:
        known = stop_words(code) if code != ENGLISH else frozenset[str]()
        if not (distinct - known).intersection(english):
            counts[code] = len(distinct & known - frozenset(english))
    language = max(counts, key=lambda code: counts[code], default=ENGLISH)
    if counts.get(language, 0) < STOP_WORDS_MIN:
        return tuple(content)
    return tuple(word for word in content if word not in stop_words(language)) or tuple(content)


@cache
def stop_words(language: str) -> frozenset[str]:
    """Folded; empty for a language without a list."""
    from stop_words import StopWordError, get_stop_words

    try:
        return frozenset(map(fold, get_stop_words(ALGORITHMS.get(language, language))))
    except StopWordError:
        return frozenset()
