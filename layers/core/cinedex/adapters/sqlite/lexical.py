"""Lexical matches by FTS5: stemmed by Porter, ranked by BM25."""

from __future__ import annotations

import sqlite3

from cinedex.adapters.sqlite.filtering import IN_POOL, parameters
from cinedex.kernel.text.tokens import words
from cinedex.search.domain.index.segment_document import SegmentFilter

_BEST = f"""
SELECT segment.id, -words.rank
FROM words CROSS JOIN segment ON segment.id = words.rowid CROSS JOIN pool ON {IN_POOL}
WHERE words MATCH :match ORDER BY words.rank, segment.video_id, segment.segment_index LIMIT :limit
"""


def best(connection: sqlite3.Connection, asked: str, within: SegmentFilter, limit: int) -> dict[int, float]:
    """Segment ids with their BM25, best first."""
    match = match_expression(asked, within)
    if match is None:
        return {}
    return dict(connection.execute(_BEST, {**parameters(within), "match": match, "limit": limit}))


def match_expression(asked: str, within: SegmentFilter) -> str | None:
    """Any of the words, in the columns that count; None when there is no word.

    Each word is quoted and holds letters and digits only, so nothing a person types is an operator of FTS5.
    """
    quoted = [f'"{word}"' for word in dict.fromkeys(words(asked))]
    if not quoted or not within.modalities:
        return None
    return f"{{{' '.join(within.modalities)}}} : ({' OR '.join(quoted)})"
