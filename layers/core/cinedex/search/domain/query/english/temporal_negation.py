"""Recognise negations around a time expression: "not at the end", "except the last minute"."""

from __future__ import annotations

import re

EXCLUDING = (
    r"(?:,? ?(?:but|and) )?(?:not|without|excluding|except(?: for)?|outside(?: of)?|other than|apart from|"
    r"(?:in )?(?:all|anything|everything) but)"
)
"""The time may follow without a preposition: "except the last minute"."""

_DENIAL = (
    r"(?:(?:\b(?:but|and|is|are|was|were) )?\b(?:not|never)(?: right)?|\b\w+n['’]t|"
    r"(?:\b(?:but|and) )?\b(?:without|excluding|except(?: for)?|other than|apart from|rather than)|"
    r"\b(?:(?:in )?(?:all|anything|everything) but))"
)
"""Does not include "outside" and "but": "children play outside in the first minute" denies nothing."""
_DENIED = re.compile(rf"{_DENIAL} $", re.IGNORECASE)

_AUXILIARY = r"(?:is|are|was|were|be|been|do|does|did|has|have|had|can|could|will|would|should|must|may|might)"
_DENIED_VERB = rf"(?:^no|\b(?:never|cannot|nobody|nothing|none|neither|{_AUXILIARY} not)|n['’]t)"
_FURTHER_WORDS = r"(?: (?!(?:and|but|or|then)\b)[\w'’-]+){0,4}"
_PARTIAL_DENIAL = r"\b(?:not|no) (?:only|just|merely|simply|even|always|necessarily|exactly|quite|really|longer|at all)"
_TIME = (
    r"(?:in|at|during|within|near|towards?|after|before|since|past|between|from|until|till|around|about) "
    r"(?:the (?:very )?(?:first|opening|second|last|final|middle|beginning|start|end|\d)|minute|\d|"
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty|forty|fifty|sixty|ninety)\b)"
)
_AMBIGUOUS = re.compile(
    rf"(?:{_DENIED_VERB}{_FURTHER_WORDS}|{_PARTIAL_DENIAL}|{_DENIAL} {_TIME}(?:(?!\bbut\b)[^,;])*) $", re.IGNORECASE
)
_MORE_TIMES = re.compile(rf",? (?:and|or|nor) {_TIME}", re.IGNORECASE)


def denial_before(text: str) -> re.Match[str] | None:
    """The "not", "except" or "never" at the end of `text`, directly before a time expression."""
    return _DENIED.search(text)


def is_ambiguous(before: str, after: str) -> bool:
    """True when the time expression between `before` and `after` is negated in a way that has several meanings.

    "A dog that does not bark in the first minute" may bark later, or never. "Not only at the end" excludes nothing.
    "Not at the end or before 1:00" denies two times at once.
    """
    if denial_before(before):
        return bool(_MORE_TIMES.match(after))
    return bool(_AMBIGUOUS.search(before))
