"""Split a text into sentences, and mark the words of a query in them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from cinedex.kernel.text.folding import fold, fold_clusters
from cinedex.kernel.text.stemming import ENGLISH_ONLY
from cinedex.kernel.text.tokenizer import tokenize
from cinedex.kernel.text.tokens import stems, stems_of_token
from cinedex.search.domain.query.query import Query

MARK_START, MARK_END = "<em>", "</em>"
_SENTENCE_END = re.compile(r"(?:[.!?…][\"'”’)]*)\s+(?=[\"'“‘(]?[A-Z0-9])|\n+")


def sentences(text: str) -> tuple[str, ...]:
    """Split after sentence ends and at line breaks, never inside “ ”; each piece is a verbatim part of `text`."""
    cuts = [m for m in _SENTENCE_END.finditer(text) if not _is_quoted(text[: m.end()])]
    starts, ends = [0, *(m.end() for m in cuts)], [*(m.end() for m in cuts), len(text)]
    pieces = (text[start:end].strip() for start, end in zip(starts, ends, strict=True))
    return tuple(piece for piece in pieces if piece)


def _is_quoted(before: str) -> bool:
    return before.count("“") > before.count("”")


def mark_words(text: str, query: Query, languages: Collection[str] = ENGLISH_ONLY) -> str | None:
    """`text` with the words of the query, in any spelling, between `<em>` and `</em>`; None without a match."""
    text_stems, query = stems(text, languages), query.in_languages(languages)
    marked_stems = frozenset().union(*(term.matched_stems(text_stems) for term in query.terms_in(text_stems)))
    tokens = (t for t in tokenize(text) if not marked_stems.isdisjoint(stems_of_token(t, text, languages)))
    return _marked(text, [(t.start, t.end) for t in tokens])


def mark_literal(text: str, literal: str) -> str | None:
    """`text` with every occurrence of `literal` marked, in any case and with or without accents; None without one."""
    clusters = [(folded, start, end) for cluster, start, end in fold_clusters(text) for folded in cluster]
    folded, wanted = "".join(letter for letter, _, _ in clusters), fold(literal)
    matches = re.finditer(re.escape(wanted), folded) if wanted else ()
    return _marked(text, [(clusters[m.start()][1], clusters[m.end() - 1][2]) for m in matches])


def _marked(text: str, spans: Iterable[tuple[int, int]]) -> str | None:
    """Overlapping spans are marked as one."""
    pieces, end = list[str](), 0
    for first, last in _joined(sorted(spans)):
        pieces += [text[end:first], MARK_START, text[first:last], MARK_END]
        end = last
    return "".join([*pieces, text[end:]]) if pieces else None


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    current: tuple[int, int] | None = None
    for first, last in spans:
        if current and first < current[1]:
            current = (current[0], max(current[1], last))
            continue
        if current:
            yield current
        current = (first, last)
    if current:
        yield current
