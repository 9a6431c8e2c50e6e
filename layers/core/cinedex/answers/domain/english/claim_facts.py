"""Words of a sentence that change a fact even if all others are in the evidence: who, where, and grave events."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cinedex.answers.domain.english.claim_numbers import tokens

_EVENT_WORDS = """
    arrested attacked banned bankrupt bombed burned burnt cancelled canceled crashed dead destroyed died dies dying
    exploded explodes injured kidnapped killed kills murdered poisoned robbed stole stolen wounded
"""
_EVENTS = frozenset(_EVENT_WORDS.split())
_PLACES = re.compile(
    r"\b(?P<place>left|right|corner|foreground|background)(?= ?(?:[,.;:!?]|$|of\b|side\b|hand\b))", re.IGNORECASE
)
_MALE, _FEMALE = frozenset(("man", "men", "boy", "boys")), frozenset(("woman", "women", "girl", "girls"))
_PRONOUNS = ((_MALE, frozenset(("he", "him", "his"))), (_FEMALE, frozenset(("she", "her", "hers"))))


def fact_words(sentence: str, evidence: str) -> Iterator[str]:
    """The words that the evidence has to have; a pronoun of the evidence is enough for a man or a woman."""
    said, known = tokens(sentence), frozenset(tokens(evidence))
    yield from (word for word in said if word in _EVENTS)
    yield from (match["place"].lower() for match in _PLACES.finditer(sentence))
    for people, pronouns in _PRONOUNS:
        yield from (word for word in said if word in people and not pronouns & known)
