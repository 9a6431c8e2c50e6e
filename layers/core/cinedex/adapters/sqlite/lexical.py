"""Lexical search with FTS5: Porter stems, ranked by BM25."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import product

from cinedex.adapters.sqlite.filtering import FilterSql
from cinedex.adapters.sqlite.schema import TEXT_COLUMNS
from cinedex.adapters.sqlite.scope_terms import account_term, collection_term, video_term
from cinedex.kernel.text.tokens import query_terms
from cinedex.search.domain.index.indexed_video import VideoConditions
from cinedex.search.domain.index.segment_document import SegmentFilter

RANKED_MAX = 5_000
"""Segments that BM25 is computed for. Of words that occur more often, the newest segments are ranked."""
FILTERED_MAX = 10 * RANKED_MAX
"""The same for a search with conditions that are checked in SQL, after the words."""
TERMS_MAX = 200
"""Videos or collections of a filter that one expression looks up in the full-text index."""

_WEIGHTS = ", ".join(["1.0"] * len(TEXT_COLUMNS) + ["0.0"])
_HAS_TERM = "SELECT 1 FROM temp.term WHERE term = ? LIMIT 1"
_COUNT = "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)"


def best(
    connection: sqlite3.Connection, text: str, within: SegmentFilter, condition: FilterSql, limit: int
) -> dict[int, float]:
    """Segment ids with their BM25, best first."""
    words = [_expression(word, _existing(connection, stems)) for word, *stems in query_terms(text)]
    if not words or not within.modalities:
        return {}
    found: dict[int, float] = {}
    for scope in _scopes(within):
        found |= _best_in(connection, words, within, scope, condition, limit)
    return dict(sorted(found.items(), key=lambda hit: -hit[1])[:limit])


def _expression(word: str, stems: Sequence[str]) -> str:
    """A word or any of its stems."""
    forms = [f'"{form}"' for form in (word, *stems)]
    return f"({' OR '.join(forms)})" if stems else forms[0]


def _existing(connection: sqlite3.Connection, stems: Sequence[str]) -> list[str]:
    """Those that any text has: in a library in English, none of other languages."""
    return [stem for stem in stems if connection.execute(_HAS_TERM, (stem,)).fetchone()]


def _best_in(
    connection: sqlite3.Connection,
    words: Sequence[str],
    within: SegmentFilter,
    scope: str,
    condition: FilterSql,
    limit: int,
) -> dict[int, float]:
    found: dict[int, float] = {}
    ranked_max = RANKED_MAX if _is_in_terms(within) else FILTERED_MAX
    for expression in _expressions(connection, words, within, scope):
        found |= _ranked(connection, expression, condition, ranked_max, limit)
        if len(found) >= limit:
            break
    return found


def _expressions(connection: sqlite3.Connection, words: Sequence[str], within: SegmentFilter, scope: str) -> list[str]:
    """Each matches any of the words; while one finds too little, the next one follows.

    If the words are frequent, the first expressions also demand a rare word, or all words: these segments have the
    highest BM25, and FTS5 skips all others.
    """
    any_word = match_expression(words, within, scope)
    if _count(connection, any_word) < RANKED_MAX:
        return [any_word]
    rare = [word for word in words if _count(connection, match_expression([word], within, scope)) < RANKED_MAX]
    demanded = [" OR ".join(rare)] if rare else []
    demanded += [" AND ".join(words)] if len(words) > 1 else []
    columns = f"{{{' '.join(within.modalities)}}}"
    return [f"({any_word}) AND {columns} : ({demand})" for demand in demanded] + [any_word]


def match_expression(words: Sequence[str], within: SegmentFilter, scope: str) -> str:
    """Matches any of the words in the columns of the modalities.

    Each word is quoted and has only letters, digits and emoji, so user input cannot contain FTS5 operators.
    """
    return f"{{{' '.join(within.modalities)}}} : ({' OR '.join(words)}) AND {scope}"


def _scopes(within: SegmentFilter) -> Iterator[str]:
    """The account, and the videos and collections: together these expressions match all that are listed."""
    unknown = collection_term(None)  # the fields of the video are not known
    videos = [video_term(i) for i in within.video_ids or ()]
    collections = [collection_term(i) for i in within.videos.collection_ids or ()]
    for some, others in product(_batches(videos), _batches(collections)):
        listed = [terms for terms in (some, [*others, unknown] if others else []) if terms]
        either = (f"scope : ({' OR '.join(terms)})" for terms in listed)
        yield " AND ".join([f"scope : {account_term(within.account_id)}", *either])


def _batches(terms: Sequence[str]) -> list[Sequence[str]]:
    """One empty batch when nothing is listed."""
    return [terms[start : start + TERMS_MAX] for start in range(0, max(1, len(terms)), TERMS_MAX)]


def _count(connection: sqlite3.Connection, expression: str) -> int:
    return int(connection.execute(_COUNT, (expression, RANKED_MAX)).fetchone()[0])


def _is_in_terms(within: SegmentFilter) -> bool:
    """True when the filter is in the terms of the index, so that most matches pass the conditions in SQL."""
    in_terms = SegmentFilter(
        account_id=within.account_id,
        video_ids=within.video_ids,
        excluded_ids=within.excluded_ids,
        videos=VideoConditions(collection_ids=within.videos.collection_ids, any_of=within.videos.any_of),
        modalities=within.modalities,
    )
    return within == in_terms


def _ranked(
    connection: sqlite3.Connection, expression: str, condition: FilterSql, ranked_max: int, limit: int
) -> dict[int, float]:
    statement = f"""
    SELECT segment.id, -hit.score FROM (
        SELECT rowid AS id, bm25(words, {_WEIGHTS}) AS score FROM words
        WHERE words MATCH :match ORDER BY rowid DESC LIMIT :ranked_max
    ) AS hit CROSS JOIN segment ON segment.id = hit.id CROSS JOIN video ON video.id = segment.video
    WHERE {condition.segments}
    ORDER BY hit.score, segment.video_id, segment.segment_index LIMIT :limit
    """  # nosec B608 # conditions are made of constants of this package, values are bound
    bound = {**condition.values, "match": expression, "ranked_max": ranked_max, "limit": limit}
    return dict(connection.execute(statement, bound).fetchall())
