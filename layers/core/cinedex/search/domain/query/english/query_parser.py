"""Parse an English query into search words, exclusions and time ranges."""

from __future__ import annotations

import re
from itertools import islice

from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.text.tokens import content_words
from cinedex.search.domain.query.english.negation import ARTICLES, DENIALS, extract_negations
from cinedex.search.domain.query.english.temporal_expressions import extract_time_ranges
from cinedex.search.domain.query.negation import Negation
from cinedex.search.domain.query.parsed_query import ParsedQuery
from cinedex.search.domain.query.query import QUOTATION_MARKS, QUOTED

_PLACEHOLDER = 0xE000
"""Start of Unicode's private use area: one character stands for each quoted phrase, so its words are not parsed."""
_PLACEHOLDERS_MAX = 0x1900
_ANY_PLACEHOLDER = re.compile("[\ue000-\uf8ff]")
_LEADING = re.compile(r"^(?:(?:and|but|or)\b|[\s,;])+", re.IGNORECASE)
_TRAILING = re.compile(r"(?:\b(?:and|but|or)|[\s,;])+$", re.IGNORECASE)


def parse_english_query(text: str) -> ParsedQuery:
    """A `QueryParser`."""
    phrases = [match.group() for match in islice(QUOTED.finditer(text), _PLACEHOLDERS_MAX)]
    masked = _ANY_PLACEHOLDER.sub(" ", text)
    for index, phrase in enumerate(phrases):
        masked = masked.replace(phrase, chr(_PLACEHOLDER + index), 1)
    masked, ranges = extract_time_ranges(" ".join(masked.split()))
    rest, excluded = extract_negations(" ".join(masked.split()))
    if not ranges and not excluded:
        return ParsedQuery(text=text.strip())
    subject = _unmasked(_tidy(rest), phrases)
    _require_subject(subject)
    negations = tuple(_negation(_unmasked(words, phrases).strip(QUOTATION_MARKS)) for words in excluded)
    return ParsedQuery(text=subject, negations=negations, ranges=ranges)


def _negation(text: str) -> Negation:
    return Negation(text=text, denials=DENIALS, articles=ARTICLES)


def _unmasked(text: str, phrases: list[str]) -> str:
    return _ANY_PLACEHOLDER.sub(lambda match: phrases[ord(match.group()) - _PLACEHOLDER], text)


def _tidy(text: str) -> str:
    plain = re.sub(r"\s+([,;.!?])", r"\1", " ".join(text.split()))
    return _TRAILING.sub("", _LEADING.sub("", re.sub(r"([,;]\s*)+([,;])", r"\2", plain)))


def _require_subject(text: str) -> None:
    if not content_words(text) and not QUOTED.search(text):
        raise InvalidInput(
            "The query contains only time expressions or exclusions. Add the words to search for.", field="query"
        )
