"""Whether an English sentence counts something else than its evidence: "a million satellites" for "a million miles"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cinedex.answers.domain.english.claim_numbers import Placed, placed_numbers, tokens
from cinedex.kernel.text.tokens import STOP_WORDS, stem

COUNTED_WITHIN = 3
"""Words after a number among which the noun is that it counts."""

_PLURALS = frozenset(("men", "women", "people", "children", "feet", "mice"))
_YEAR_BEFORE = frozenset(("in", "by", "since", "of", "until", "from", "to", "before", "after", "and", "between"))
_YEARS = range(1000, 2100)
_NAMED_NUMBER = re.compile(r"\b(?!(?:An?|All|And|In|On|The|These|Those)\b)[A-Z][^\W\d_]*[ -](\d+)\b")


def moved_counts(sentence: str, evidence: str) -> set[float]:
    """Numbers of the sentence that count a noun of the evidence which the evidence has beside no such number."""
    known = tokens(evidence)
    stems = [stem(word) for word in known]
    places = list(placed_numbers(known))
    named = {float(number) for number in _NAMED_NUMBER.findall(sentence)}
    return {
        value
        for value, noun in _counted(tokens(sentence))
        if noun in stems and value not in named and not any(_is_beside(noun, stems, p) for p in places if p[0] == value)
        if any(p[0] == value for p in places)
    }


def _counted(words: list[str]) -> Iterator[tuple[float, str]]:
    """Each number with the first plural after it."""
    for value, start, end in placed_numbers(words):
        if value in _YEARS and start and words[start - 1] in _YEAR_BEFORE:
            continue
        for word in words[end : end + COUNTED_WITHIN]:
            if word in STOP_WORDS:
                break
            if word in _PLURALS or (len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))):
                yield value, stem(word)
                break


def _is_beside(noun: str, stems: list[str], number: Placed) -> bool:
    """After the number, or directly before it, as in "passengers: 40"."""
    _, start, end = number
    return noun in stems[end : end + COUNTED_WITHIN] or noun in stems[max(0, start - 1) : start]
