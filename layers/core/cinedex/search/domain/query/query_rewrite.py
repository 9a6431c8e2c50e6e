"""What a language model adds to a query: synonyms and a paraphrase. It cannot remove anything from the query."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cinedex.kernel.text.tokens import content_words, stem, stems, words
from cinedex.search.domain.query.parsed_query import ParsedQuery
from cinedex.search.domain.query.query import Query

REPLY_CHARS_MAX = 8_000
PARAPHRASE_CHARS_MAX = 300
SYNONYMS_OF_WORD_MAX = 4
SYNONYMS_MAX = 12
SYNONYM_WORDS_MAX = 3
SYNONYM_CHARS_MAX = 40
_SPACE = re.compile(r"\s+")
_FORMER_NAMES = {"also": "synonyms", "restated": "paraphrase"}


class RewriteStatus(StrEnum):
    """`unavailable`: no valid reply came in time."""

    REWRITTEN = "rewritten"
    NOTHING_TO_ADD = "nothing_to_add"
    UNAVAILABLE = "unavailable"
    OVER_BUDGET = "over_budget"


class Rewrite(BaseModel):
    """`synonyms` has other words for words of the query; `paraphrase` is the whole query in other words."""

    model_config = ConfigDict(frozen=True)

    status: RewriteStatus
    paraphrase: str | None = None
    synonyms: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _read_former_names(cls, data: Any) -> Any:
        """Snapshots that were stored before the fields were renamed are still read."""
        return {_FORMER_NAMES.get(key, key): value for key, value in data.items()} if isinstance(data, dict) else data

    def apply_to(self, parsed: ParsedQuery) -> Query:
        """The query with the additions."""
        return Query(text=parsed.text, synonyms=self.synonyms, paraphrase=self.paraphrase)


UNAVAILABLE = Rewrite(status=RewriteStatus.UNAVAILABLE)
OVER_BUDGET = Rewrite(status=RewriteStatus.OVER_BUDGET)


class _ModelReply(BaseModel):
    """The required form of a reply; other fields are ignored."""

    model_config = ConfigDict(strict=True)

    paraphrase: str | None = None
    synonyms: dict[str, list[str]] | None = None


def read_rewrite(reply: str, parsed: ParsedQuery) -> Rewrite:
    """Takes a few words from the reply; `UNAVAILABLE` when it contains no JSON object of the required form.

    Synonyms are accepted for words outside quotation marks only, and never the excluded words.
    """
    first, last = reply.find("{"), reply.rfind("}")
    if not 0 <= first < last or len(reply) > REPLY_CHARS_MAX:
        return UNAVAILABLE
    try:
        suggestion = _ModelReply.model_validate_json(reply[first : last + 1])
    except ValidationError:
        return UNAVAILABLE
    paraphrase, synonyms = (
        _paraphrase(suggestion.paraphrase or "", parsed),
        _synonyms(suggestion.synonyms or {}, parsed),
    )
    status = RewriteStatus.REWRITTEN if paraphrase is not None or synonyms else RewriteStatus.NOTHING_TO_ADD
    return Rewrite(status=status, paraphrase=paraphrase, synonyms=synonyms)


def _paraphrase(text: str, parsed: ParsedQuery) -> str | None:
    line = _SPACE.sub(" ", "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)).strip()
    is_new = bool(content_words(line)) and line.casefold() != parsed.text.casefold()
    return line if is_new and len(line) <= PARAPHRASE_CHARS_MAX else None


def _synonyms(suggested: Mapping[str, Sequence[str]], parsed: ParsedQuery) -> dict[str, tuple[str, ...]]:
    """By the words as they were typed. Words that the query already contains, inflected or not, are left out."""
    query = Query(text=parsed.text)
    present = frozenset().union(*(term.stems for term in query.terms))
    excluded = frozenset().union(*map(stems, parsed.must_not))
    by_stem = {stem(word): word for word in content_words(parsed.unquoted)}
    synonyms: dict[str, tuple[str, ...]] = {}
    remaining = SYNONYMS_MAX
    for key, others in suggested.items():
        word = by_stem.get(stem(key.strip().lower()))
        if word is not None and word not in synonyms:
            accepted = tuple(_acceptable(others, present | excluded))[: min(SYNONYMS_OF_WORD_MAX, remaining)]
            synonyms |= {word: accepted} if accepted else {}
            remaining -= len(accepted)
    return synonyms


def _acceptable(suggested: Sequence[str], excluded: frozenset[str]) -> Iterator[str]:
    for other in dict.fromkeys(" ".join(words(text)) for text in suggested if len(text) <= SYNONYM_CHARS_MAX):
        is_content = len(content_words(other)) == len(other.split()) <= SYNONYM_WORDS_MAX
        if other and is_content and excluded.isdisjoint(stems(other)):
            yield other
