"""Sentences of a text, and the words of a query marked in them."""

from __future__ import annotations

import re

from cinedex.kernel.text.tokens import stem, stems
from cinedex.search.domain.query.query import Query

OPENS, CLOSES = "<em>", "</em>"
_SENTENCE_END = re.compile(r"(?:[.!?…][\"'”’)]*)\s+(?=[\"'“‘(]?[A-Z0-9])|\n+")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def sentences(text: str) -> tuple[str, ...]:
    """Cut behind sentence ends and at line breaks, never inside “ ”; pieces are verbatim parts of `text`."""
    cuts = [m for m in _SENTENCE_END.finditer(text) if not _is_quoted(text[: m.end()])]
    starts, ends = [0, *(m.end() for m in cuts)], [*(m.end() for m in cuts), len(text)]
    pieces = (text[start:end].strip() for start, end in zip(starts, ends, strict=True))
    return tuple(piece for piece in pieces if piece)


def _is_quoted(before: str) -> bool:
    return before.count("“") > before.count("”")


def mark_words(text: str, query: Query) -> str | None:
    """`text` with the query's words, inflected too, between `<em>` and `</em>`; None when it has none."""
    held = stems(text)
    wanted = frozenset().union(*(term.marks_in(held) for term in query.terms))

    def mark(match: re.Match[str]) -> str:
        word = match.group()
        return f"{OPENS}{word}{CLOSES}" if stem(word.lower()) in wanted else word

    marked = _WORD.sub(mark, text)
    return marked if marked != text else None


def mark_literal(text: str, literal: str) -> str | None:
    """`text` with every occurrence of `literal` marked, ignoring case; None when it has none."""
    marked = re.sub(re.escape(literal), lambda m: f"{OPENS}{m.group()}{CLOSES}", text, flags=re.IGNORECASE)
    return marked if marked != text else None
