"""Whether an English sentence exchanges who does something and to whom: "Anna calls Ben" where Ben calls Anna."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise, product
from typing import NamedTuple

from cinedex.answers.domain.english.claim_numbers import TOKEN
from cinedex.kernel.text.tokens import STOP_WORDS, stem

BETWEEN_MAX = 6
"""Words between two names that belong to the same statement."""
NAME_WORDS_MAX = 4
"""Of a run of capitalised words, those next to the verb: a title or a list would give one role for each pair."""
_STATEMENT_END = re.compile(r"[.;:!?\n](?!\d)")
_SYMMETRIC = frozenset(("and", "beside", "between", "like", "near", "or", "versus", "vs", "with"))
_SYMMETRIC_WORDS = """
    alike argue border brother close colleague compete cousin date differ equal fight friend hug kiss marry meet met
    neighbor neighbour next opposite partner relate resemble sibling similar sister talk twin
"""
_SYMMETRIC_STEMS = frozenset(map(stem, _SYMMETRIC_WORDS.split()))


class Role(NamedTuple):
    """`agent` does `verb` to `patient`, as far as the order of the words tells; the verb may be another word."""

    agent: str
    verb: str
    patient: str

    @property
    def exchanged(self) -> Role:
        return Role(self.patient, self.verb, self.agent)


def exchanges_roles(sentence: str, evidence: str) -> bool:
    """True if the evidence has two names around a word in the other order only. A passive ("by") turns the order."""
    known = set(_roles(evidence))
    return any(role.exchanged in known and role not in known for role in _roles(sentence))


def _roles(text: str) -> Iterator[Role]:
    for statement in _STATEMENT_END.split(text):
        tokens = [match.group() for match in TOKEN.finditer(statement)]
        for (_, end, names), (start, _, others) in pairwise(_names(tokens)):
            between = [token.lower() for token in tokens[end:start]]
            if len(between) <= BETWEEN_MAX and not _SYMMETRIC.intersection(between):
                yield from _between(names, between, others)


def _between(names: list[str], between: list[str], others: list[str]) -> Iterator[Role]:
    verbs = {stem(word) for word in between if word not in STOP_WORDS}
    if verbs & _SYMMETRIC_STEMS:
        return
    for name, verb, other in product(names[-NAME_WORDS_MAX:], verbs, others[:NAME_WORDS_MAX]):
        if name != other:
            role = Role(name, verb, other)
            yield role.exchanged if "by" in between else role


def _names(tokens: list[str]) -> Iterator[tuple[int, int, list[str]]]:
    """The first and last + 1 position of each run of capitalised words, and their stems."""
    start = 0
    while start < len(tokens):
        end = start
        while end < len(tokens) and tokens[end][:1].isupper() and tokens[end].lower() not in STOP_WORDS:
            end += 1
        if end > start:
            yield start, end, [stem(token.lower()) for token in tokens[start:end]]
        start = max(end, start + 1)
