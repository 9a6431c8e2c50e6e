"""Words of an English sentence that limit, order or doubt what its other words say: "only", "all", "before", "almost".

The other words may all be in the evidence while the sentence says something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cinedex.answers.domain.english.claim_numbers import tokens
from cinedex.kernel.text.tokens import STOP_WORDS, stem

BESIDE_WORDS = 2
"""Content words after "only" or "all" that it limits."""
WINDOW = 4
"""Words of the evidence on each side of its own "only" or "all"."""

_ONLY_WORDS = "only solely exclusively merely"
_ONLY_EQUALS = "only solely exclusively merely just alone single sole"
_ALL_WORDS = "all every each everything everyone everybody always"
_ALL_EQUALS = "all every each any anything everything everyone everybody always whole entire both no none"
_BEFORE_WORDS = "before earlier prior"
_BEFORE_EQUALS = "before earlier prior ago until till by previous"
_AFTER_WORDS = "after afterwards later subsequently"
_AFTER_EQUALS = "after afterwards later subsequently then since following next finally follows followed"
_DOUBT_GROUPS = """
    pretend pretends pretended pretending feigned fake faked imitated posed
    claim claims claimed alleged allegedly supposed supposedly reportedly reputedly purportedly rumoured rumored
    almost nearly practically virtually barely hardly
    try tries tried attempt attempts attempted hope hopes hoped plan plans planned want wants wanted intended
    maybe might perhaps possibly probably presumably apparently seemingly
    dreamt dreamed dreams imagined imagines imaginary
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LIMITS = ((_words(_ONLY_WORDS), _words(_ONLY_EQUALS)), (_words(_ALL_WORDS), _words(_ALL_EQUALS)))
_TIMES = ((_words(_BEFORE_WORDS), _words(_BEFORE_EQUALS)), (_words(_AFTER_WORDS), _words(_AFTER_EQUALS)))
_DOUBTS = tuple(map(_words, _DOUBT_GROUPS.strip().splitlines()))
_IDIOMS = re.compile(r"\b(?:at all|above all|after all|first of all|all over|all in all|each other)\b", re.IGNORECASE)
_STATEMENT_END = re.compile(r"[.;:!?\n](?!\d)")
_ORDERED = re.compile(r"(?P<left>.*?)\b(?P<word>before|after)\b(?P<right>.*)", re.IGNORECASE)
_TOWARDS, _FROM = r"to|towards?|into|onto", r"from|out of|off"
_DIRECTED = r"\b(?:{})\s+(?:(?:the|a|an|this|that|its|his|her|their)\s+)?(?P<place>[^\W\d_]+)"
_DIRECTIONS = tuple(re.compile(_DIRECTED.format(words), re.IGNORECASE) for words in (_TOWARDS, _FROM))


def changes_limits(sentence: str, evidence: str) -> bool:
    """True if the sentence limits, doubts, or orders in time or direction what the evidence does not."""
    said, known = tokens(sentence), tokens(evidence)
    return (
        any(_limits_others(triggers, equals, sentence, evidence) for triggers, equals in _LIMITS)
        or any(group.intersection(said) and not group.intersection(known) for group in _DOUBTS)
        or any(triggers.intersection(said) and not equals.intersection(known) for triggers, equals in _TIMES)
        or _exchanges_order(sentence, evidence)
        or _turns_direction(sentence, evidence)
    )


def _limits_others(triggers: frozenset[str], equals: frozenset[str], sentence: str, evidence: str) -> bool:
    """Each "only" of the sentence needs one of the evidence that stands near one of the same words."""
    said = tokens(_IDIOMS.sub(" ", sentence))
    near = {one for statement in _STATEMENT_END.split(_IDIOMS.sub(" ", evidence)) for one in _near(statement, equals)}
    return any(not _beside(said, at) & near for at, word in enumerate(said) if word in triggers)


def _near(statement: str, equals: frozenset[str]) -> Iterator[str]:
    words = tokens(statement)
    for at, word in enumerate(words):
        if word in equals:
            yield from map(stem, words[max(0, at - WINDOW) : at + WINDOW + 1])


def _beside(words: Sequence[str], at: int) -> set[str]:
    """The content words that a limiting word stands before; those before it when none follows."""
    after = [stem(word) for word in words[at + 1 :] if word not in STOP_WORDS][:BESIDE_WORDS]
    before = [stem(word) for word in words[:at] if word not in STOP_WORDS][-BESIDE_WORDS:]
    return set(after or before)


def _exchanges_order(sentence: str, evidence: str) -> bool:
    """ "The yolk before the white" where the white comes before the yolk."""
    known = list(_order(evidence))
    return any(
        one & other_later and later & other and not (one & other and later & other_later)
        for one, later in _order(sentence)
        for other, other_later in known
    )


def _order(text: str) -> Iterator[tuple[set[str], set[str]]]:
    """The words for what comes first, and for what comes later."""
    for statement in _STATEMENT_END.split(text):
        match = _ORDERED.fullmatch(statement.strip())
        if match is None:
            continue
        left, right = match["left"], match["right"]
        if not left.strip():
            right, _, left = right.partition(",")
        earlier, later = (right, left) if match["word"].lower() == "after" else (left, right)
        yield _stems(earlier), _stems(later)


def _stems(text: str) -> set[str]:
    return {stem(token) for token in tokens(text) if token not in STOP_WORDS}


def _turns_direction(sentence: str, evidence: str) -> bool:
    """ "To Earth" where the evidence has only "from Earth", and the other way round."""
    said, known = _places(sentence), _places(evidence)
    return any(said[way] & known[1 - way] - known[way] - said[1 - way] for way in (0, 1))


def _places(text: str) -> tuple[set[str], set[str]]:
    to, away = ({stem(m["place"].lower()) for m in pattern.finditer(text)} - STOP_WORDS for pattern in _DIRECTIONS)
    return to, away
