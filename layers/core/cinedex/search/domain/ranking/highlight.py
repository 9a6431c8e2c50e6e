"""Split a text into sentences, and mark the words of a query in them."""

from __future__ import annotations

import re

from cinedex.kernel.text.tokens import stem, stems
from cinedex.search.domain.query.query import Query

MARK_START, MARK_END = "<em>", "</em>"
_SENTENCE_END = re.compile(r"(?:[.!?…][\"'”’)]*)\s+(?=[\"'“‘(]?[A-Z0-9])|\n+")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def sentences(text: str) -> tuple[str, ...]:
    """Split after sentence ends and at line breaks, never inside “ ”; each piece is a verbatim part of `text`."""
    cuts = [m for m in _SENTENCE_END.finditer(text) if not _is_quoted(text[: m.end()])]
    starts, ends = [0, *(m.end() for m in cuts)], [*(m.end() for m in cuts), len(text)]
    pieces = (text[start:end].strip() for start, end in zip(starts, ends, strict=True))
    return tuple(piece for piece in pieces if piece)


def _is_quoted(before: str) -> bool:
    return before.count("“") > before.count("”")


def mark_words(text: str, query: Query) -> str | None:
    """`text` with the words of the query, inflected or not, between `<em>` and `</em>`; None without a match."""
    text_stems = stems(text)
    marked_stems = frozenset().union(*(term.matched_stems(text_stems) for term in query.terms))

    def mark(match: re.Match[str]) -> str:
        word = match.group()
        return f"{MARK_START}{word}{MARK_END}" if stem(word.lower()) in marked_stems else word

    marked = _WORD.sub(mark, text)
    return marked if marked != text else None


def mark_literal(text: str, literal: str) -> str | None:
    """`text` with every occurrence of `literal` marked, ignoring case; None without a match."""
    marked = re.sub(re.escape(literal), lambda m: f"{MARK_START}{m.group()}{MARK_END}", text, flags=re.IGNORECASE)
    return marked if marked != text else None
