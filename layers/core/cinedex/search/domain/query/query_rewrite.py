"""What a language model suggests to look for as well. It can add to a query, and not take anything from it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cinedex.kernel.text.tokens import content_words, stem, stems, words
from cinedex.search.domain.query.parsed_query import ParsedQuery
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.ranking.fusion import Scored

REPLY_CHARS_MAX = 8_000
RESTATED_CHARS_MAX = 300
OTHERS_OF_WORD_MAX = 4
OTHERS_MAX = 12
OTHER_WORDS_MAX = 3
OTHER_CHARS_MAX = 40
_SPACE = re.compile(r"\s+")


class RewriteStatus(StrEnum):
    """`unavailable`: no reply came in time, or none that makes sense."""

    REWRITTEN = "rewritten"
    NOTHING_TO_ADD = "nothing_to_add"
    UNAVAILABLE = "unavailable"
    OVER_BUDGET = "over_budget"


class Rewrite(BaseModel):
    """`also` has other words for words of the query, `restated` is the whole said in another way."""

    model_config = ConfigDict(frozen=True)

    status: RewriteStatus
    restated: str | None = None
    also: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)

    def of(self, reading: ParsedQuery) -> Query:
        """The query with what is added; as it was read when nothing is."""
        return Query(text=reading.text, also=self.also, restated=self.restated)


UNAVAILABLE = Rewrite(status=RewriteStatus.UNAVAILABLE)
OVER_BUDGET = Rewrite(status=RewriteStatus.OVER_BUDGET)


class _Told(BaseModel):
    """The form that a reply must have; what else is in it is not looked at."""

    model_config = ConfigDict(strict=True)

    restated: str | None = None
    also: dict[str, list[str]] | None = None


def read_rewrite(told: str, reading: ParsedQuery) -> Rewrite:
    """Only words are taken from a reply, a few of them; one that is no JSON object of the right form is unavailable.

    Other words are taken for words outside of quotation marks, and never those that must not be there.
    """
    first, last = told.find("{"), told.rfind("}")
    if not 0 <= first < last or len(told) > REPLY_CHARS_MAX:
        return UNAVAILABLE
    try:
        suggested = _Told.model_validate_json(told[first : last + 1])
    except ValidationError:
        return UNAVAILABLE
    restated, also = _restated(suggested.restated or "", reading), _also(suggested.also or {}, reading)
    adds = restated is not None or also
    return Rewrite(
        status=RewriteStatus.REWRITTEN if adds else RewriteStatus.NOTHING_TO_ADD, restated=restated, also=also
    )


def _restated(told: str, reading: ParsedQuery) -> str | None:
    line = _SPACE.sub(" ", "".join(c if unicodedata.category(c)[0] != "C" else " " for c in told)).strip()
    says_something = bool(content_words(line)) and line.casefold() != reading.text.casefold()
    return line if says_something and len(line) <= RESTATED_CHARS_MAX else None


def _also(told: Mapping[str, Sequence[str]], reading: ParsedQuery) -> dict[str, tuple[str, ...]]:
    """By the words as they were typed. What the query says itself, in whatever form, is nothing new."""
    query = Query(text=reading.text)
    known = frozenset().union(*(term.stems for term in query.terms))
    forbidden = frozenset().union(*map(stems, reading.must_not))
    open_words = {stem(word): word for word in content_words(reading.unquoted)}
    also: dict[str, tuple[str, ...]] = {}
    left = OTHERS_MAX
    for named, others in told.items():
        word = open_words.get(stem(named.strip().lower()))
        if word is not None and word not in also:
            kept = tuple(_others(others, known | forbidden))[: min(OTHERS_OF_WORD_MAX, left)]
            also |= {word: kept} if kept else {}
            left -= len(kept)
    return also


def _others(told: Sequence[str], excluded: frozenset[str]) -> Iterator[str]:
    for other in dict.fromkeys(" ".join(words(text)) for text in told if len(text) <= OTHER_CHARS_MAX):
        says_something = len(content_words(other)) == len(other.split()) <= OTHER_WORDS_MAX
        if other and says_something and excluded.isdisjoint(stems(other)):
            yield other


def surer_of(one: Sequence[Scored], other: Sequence[Scored]) -> list[Scored]:
    """Every segment of either, as it was scored best; not in order."""
    best = {scored.document.document_id: scored for scored in one}
    for scored in other:
        before = best.get(scored.document.document_id)
        if before is None or scored.score > before.score:
            best[scored.document.document_id] = scored
    return list(best.values())
