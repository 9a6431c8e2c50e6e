"""What stands around time words of a query and says "not then"."""

from __future__ import annotations

import re

LEAVING_OUT = (
    r"(?:,? ?(?:but|and) )?(?:not|without|excluding|except(?: for)?|outside(?: of)?|other than|apart from|"
    r"(?:in )?(?:all|anything|everything) but)"
)
"""Behind it the time may be named without a preposition: "except the last minute"."""

_DENIAL = (
    r"(?:(?:\b(?:but|and|is|are|was|were) )?\b(?:not|never)(?: right)?|\b\w+n['’]t|"
    r"(?:\b(?:but|and) )?\b(?:without|excluding|except(?: for)?|other than|apart from|rather than)|"
    r"\b(?:(?:in )?(?:all|anything|everything) but))"
)
"""Not "outside" and not "but": who plays outside in the first minute does so in the first minute."""
_DENIED = re.compile(rf"{_DENIAL} $", re.IGNORECASE)

_AUXILIARY = r"(?:is|are|was|were|be|been|do|does|did|has|have|had|can|could|will|would|should|must|may|might)"
_VERB_DENIED = rf"(?:^no|\b(?:never|cannot|nobody|nothing|none|neither|{_AUXILIARY} not)|n['’]t)"
_FURTHER_WORDS = r"(?: (?!(?:and|but|or|then)\b)[\w'’-]+){0,4}"
_HALF_DENIED = r"\b(?:not|no) (?:only|just|merely|simply|even|always|necessarily|exactly|quite|really|longer|at all)"
_TIME = (
    r"(?:in|at|during|within|near|towards?|after|before|since|past|between|from|until|till|around|about) "
    r"(?:the (?:very )?(?:first|opening|second|last|final|middle|beginning|start|end|\d)|minute|\d|"
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty|forty|fifty|sixty|ninety)\b)"
)
_DOUBTED = re.compile(
    rf"(?:{_VERB_DENIED}{_FURTHER_WORDS}|{_HALF_DENIED}|{_DENIAL} {_TIME}(?:(?!\bbut\b)[^,;])*) $", re.IGNORECASE
)
_GOES_ON = re.compile(rf",? (?:and|or|nor) {_TIME}", re.IGNORECASE)


def denial_before(text: str) -> re.Match[str] | None:
    """The "not", "except" or "never" at the end of `text`, right before time words."""
    return _DENIED.search(text)


def is_doubtful(before: str, behind: str) -> bool:
    """True when time words between the two are denied, but not so that one can tell what is meant.

    "A dog that does not bark in the first minute" may bark later, or never; "not only at the end" leaves nothing out;
    "not at the end or before 1:00" denies two times at once.
    """
    if denial_before(before):
        return bool(_GOES_ON.match(behind))
    return bool(_DOUBTED.search(before))
