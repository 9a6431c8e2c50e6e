"""Lexical search with FTS5: Porter stems, ranked by BM25."""

from __future__ import annotations

import sqlite3

from cinedex.adapters.sqlite.filtering import IN_SCOPE, parameters
from cinedex.kernel.text.tokens import query_terms
from cinedex.search.domain.index.segment_document import SegmentFilter

_BEST = f"""
SELECT segment.id, -words.rank
FROM words CROSS JOIN segment ON segment.id = words.rowid CROSS JOIN scope ON {IN_SCOPE}
WHERE words MATCH :match ORDER BY words.rank, segment.video_id, segment.segment_index LIMIT :limit
"""  # nosec B608 # the condition is a constant of this package, values are bound


def best(connection: sqlite3.Connection, text: str, within: SegmentFilter, limit: int) -> dict[int, float]:
    """Segment ids with their BM25, best first."""
    match = match_expression(text, within)
    if match is None:
        return {}
    return dict(connection.execute(_BEST, {**parameters(within), "match": match, "limit": limit}))


def match_expression(text: str, within: SegmentFilter) -> str | None:
    """Matches any of the words in the columns of the modalities; None without words.

    Each word is quoted and has only letters, digits and emoji, so user input cannot contain FTS5 operators.
    """
    quoted = [f'"{word}"' for word in query_terms(text)]
    if not quoted or not within.modalities:
        return None
    return f"{{{' '.join(within.modalities)}}} : ({' OR '.join(quoted)})"
