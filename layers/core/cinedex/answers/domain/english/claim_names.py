"""Names in an English sentence, and words that exclude one another, such as colours."""

from __future__ import annotations

import re
from itertools import pairwise

from cinedex.answers.domain.english.claim_numbers import TOKEN, tokens
from cinedex.kernel.text.tokens import STOP_WORDS, stem

_SENTENCE_START = re.compile(r"^[\s\W\d_]*(?:\d+[.)]\s*)?|[:“\"]\s*")
_ORDINAL = re.compile(r"[\d.,]+(?:st|nd|rd|th)")
_TECHNICAL = re.compile(r"\S*(?:[\\={}_|~^<>‹›$#]|--|&&|(?<![\w])/(?=\w))\S*")
_CLASSES = (
    "red green blue yellow orange purple pink brown black white grey golden silver violet turquoise",
    "cat dog horse lion tiger bear wolf fox rabbit rat mouse sheep goat cow pig bird elephant zebra giraffe monkey",
    "apple banana cherry grape lemon orange peach pear plum strawberry tomato carrot cucumber onion potato",
    "gold silver bronze copper iron steel aluminium lead zinc",
    "january february march april may june july august september october november december",
    "monday tuesday wednesday thursday friday saturday sunday",
)
_MEMBERS = tuple(frozenset(map(stem, members.split())) for members in _CLASSES)


def names(sentence: str) -> list[str]:
    """Capitalised words that do not begin the sentence; acronyms and words such as `McAdam` anywhere."""
    starts = {match.end() for match in _SENTENCE_START.finditer(sentence)}
    found = [(match.start(), match.group()) for match in TOKEN.finditer(sentence)]
    begin_a_name = {at for (at, _), (_, after) in pairwise(found) if after[:1].isupper()}
    return [
        token
        for at, token in found
        if token[:1].isupper()
        and token.lower() not in STOP_WORDS
        and (at not in starts or at in begin_a_name or any(c.isupper() for c in token[1:]))
    ] + [token for _, token in found if token[:1].islower() and any(c.isupper() for c in token)]


def technical_words(sentence: str) -> list[str]:
    """The words of paths, parameters, code and the like."""
    return [word for match in _TECHNICAL.finditer(sentence) for word in tokens(match.group())]


def is_identifier(token: str) -> bool:
    """`M3` and `hunter2`, but not `3rd`."""
    has_digit, has_letter = any(c.isdigit() for c in token), any(c.isalpha() for c in token)
    return has_digit and has_letter and not _ORDINAL.fullmatch(token)


def exchanged(sentence: str, evidence: str) -> set[str]:
    """Stems of colours, animals, months and the like that the evidence does not have, when it has others."""
    said, known = set(map(stem, tokens(sentence))), set(map(stem, tokens(evidence)))
    return {one for members in _MEMBERS if members & known for one in members & said - known}
