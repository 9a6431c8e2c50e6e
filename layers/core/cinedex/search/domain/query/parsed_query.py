"""How a query is read: what to look for, what must not be there, and when."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.span import Span
from cinedex.kernel.text.tokens import content_words
from cinedex.search.domain.query.english.temporal_expressions import TimeRange, take_time_words
from cinedex.search.domain.query.negation import Negation, extract_negations
from cinedex.search.domain.query.query import Query

_QUOTED = re.compile(r'["“][^"“”]+["”]')
_STAND_IN = 0xE000  # a private character of Unicode for each quoted phrase, so that none of its words is read
_STAND_INS_MAX = 0x1900
_LEADING = re.compile(r"^(?:(?:and|but|or)\b|[\s,;])+", re.IGNORECASE)
_TRAILING = re.compile(r"(?:\b(?:and|but|or)|[\s,;])+$", re.IGNORECASE)


class ParsedQuery(BaseModel):
    """`text` is left to be matched and embedded; phrases in it keep their quotation marks."""

    model_config = ConfigDict(frozen=True)

    text: str
    must_not: tuple[str, ...] = ()
    ranges: tuple[TimeRange, ...] = ()

    @property
    def phrases(self) -> tuple[str, ...]:
        return Query(text=self.text).phrases

    @property
    def unquoted(self) -> str:
        """What is left of `text` without phrases in quotation marks."""
        return _QUOTED.sub(" ", self.text)

    @property
    def negations(self) -> tuple[Negation, ...]:
        return tuple(Negation(text=text) for text in self.must_not)

    def part_of(self, whole: Span) -> Span | None:
        """Where to look in a video; None when time words leave nothing of it."""
        part = whole
        for asked in self.ranges:
            wanted = asked.of(whole)
            if wanted is None or not wanted.overlaps(part):
                return None
            part = wanted.clipped_to(part)
        return part


def parse_query(text: str) -> ParsedQuery:
    """Quoted text is literal. Raises `InvalidInput` for a query that says only when, or only what not."""
    quoted = _QUOTED.findall(text)[:_STAND_INS_MAX]
    masked = re.sub("[\ue000-\uf8ff]", " ", text)
    for place, phrase in enumerate(quoted):
        masked = masked.replace(phrase, chr(_STAND_IN + place), 1)
    masked, ranges = take_time_words(" ".join(masked.split()))
    rest, must_not = extract_negations(" ".join(masked.split()))
    if not ranges and not must_not:
        return ParsedQuery(text=text.strip())
    left = _unmasked(_tidy(rest), quoted)
    _require_subject(left)
    return ParsedQuery(text=left, must_not=tuple(_unmasked(n, quoted).strip('"“”') for n in must_not), ranges=ranges)


def _unmasked(text: str, quoted: list[str]) -> str:
    return re.sub("[\ue000-\uf8ff]", lambda m: quoted[ord(m.group()) - _STAND_IN], text)


def _tidy(text: str) -> str:
    plain = re.sub(r"\s+([,;.!?])", r"\1", " ".join(text.split()))
    return _TRAILING.sub("", _LEADING.sub("", re.sub(r"([,;]\s*)+([,;])", r"\2", plain)))


def _require_subject(text: str) -> None:
    if not content_words(text) and not _QUOTED.search(text):
        raise InvalidInput(
            "query says only when to look, or what must not be there; name what to look for as well.", field="query"
        )
