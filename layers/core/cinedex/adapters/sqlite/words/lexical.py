"""Lexical search with FTS5: Porter stems, ranked by the words of the query that a segment has.

The weight of a word is its inverse document frequency, and half of it for the title and description of the video, as
in the score above the store. BM25 of FTS5 is not used: it counts the rows of every word in the whole file first, also
those of other accounts, and then reads the lengths of each matching row.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, product
from math import log

from cinedex.adapters.sqlite.filtering import FilterSql
from cinedex.adapters.sqlite.words import account_rows
from cinedex.adapters.sqlite.words.scope_terms import collection_term, video_term
from cinedex.adapters.sqlite.words.word_lists import PlacedWord, WordIndex, WordList
from cinedex.kernel.text.tokens import query_terms
from cinedex.search.domain.index.indexed_video import VideoConditions
from cinedex.search.domain.index.segment_document import SegmentFilter
from cinedex.timeline.modality import Modality

RANKED_MAX = 10_000
"""Segments of one word that are ranked. Of words that occur more often, these are the newest."""
RANKED_TOTAL = 40_000
"""The same for all words of a query; each has an equal share."""
FILTERED_FACTOR = 10
"""So many times as many are ranked when conditions that are checked in SQL leave too few."""
TERMS_MAX = 200
"""Videos or collections of a filter that one expression looks up in the full-text index."""
METADATA_FACTOR = 0.5

_HAS_TERM = "SELECT 1 FROM temp.term WHERE term = ? LIMIT 1"
_MAX_ID = "SELECT max(id) FROM segment"


def best(
    connection: sqlite3.Connection, text: str, within: SegmentFilter, condition: FilterSql, limit: int
) -> dict[int, float]:
    """Segment ids with the weight of their words, best first."""
    words = [(word, *_existing(connection, stems)) for word, *stems in query_terms(text)]
    offset = account_rows.find(connection, within.account_id)
    if not words or not within.modalities or offset is None:
        return {}
    length_max = max(1, min(RANKED_MAX, RANKED_TOTAL // len(words)))
    lists = _lists(connection, words, within, offset, length_max)
    found = _ranked(connection, lists, condition, limit)
    if len(found) >= limit or all(one.is_whole for some in lists.values() for one in some) or _is_in_terms(within):
        return found
    narrowed = _narrowed(connection, within, condition)
    if narrowed.video_ids == ():
        return {}
    length_max *= 1 if narrowed.video_ids else FILTERED_FACTOR
    return _ranked(connection, _lists(connection, words, narrowed, offset, length_max), condition, limit)


def _existing(connection: sqlite3.Connection, stems: Sequence[str]) -> list[str]:
    """Those that any text has: in a library in English, none of other languages."""
    return [stem for stem in stems if connection.execute(_HAS_TERM, (stem,)).fetchone()]


Forms = tuple[str, ...]
Lists = Mapping[PlacedWord, Sequence[WordList]]
"""One list for each scope."""


def _lists(
    connection: sqlite3.Connection,
    words: Sequence[tuple[str, ...]],
    within: SegmentFilter,
    offset: int,
    length_max: int,
) -> Lists:
    of_segment = tuple(m for m in within.modalities if m is not Modality.METADATA)
    of_video = tuple(m for m in within.modalities if m is Modality.METADATA)
    placed = [PlacedWord(word, of_segment, 1.0) for word in words if of_segment]
    placed += [PlacedWord(word, of_video, METADATA_FACTOR) for word in words if of_video]
    by_scope = [WordIndex(connection, offset, scope).lists(placed, length_max) for scope in _scopes(within)]
    return dict(zip(placed, zip(*by_scope, strict=True), strict=True))


def _ranked(connection: sqlite3.Connection, lists: Lists, condition: FilterSql, limit: int) -> dict[int, float]:
    """The best `limit` that meet the condition. Of equal ones the newest are chosen, and come in order of video and
    time."""
    segments_of = _combinations(lists)
    weights = _weights(connection, lists, segments_of)
    ordered = sorted(segments_of, key=lambda words: -weights[words])
    candidates = ((segment, words) for words in ordered for segment in sorted(segments_of[words], reverse=True))
    found: dict[int, tuple[float, str, int]] = {}
    size = limit
    while (batch := dict(islice(candidates, size))) and len(found) < limit:
        for segment, video_id, index in islice(_admitted(connection, list(batch), condition), limit - len(found)):
            found[segment] = (-weights[batch[segment]], video_id, index)
        size *= 2
    return {segment: -found[segment][0] for segment in sorted(found, key=found.__getitem__)}


def _combinations(lists: Lists) -> dict[int, set[int]]:
    """The segments with each combination of words, which is a number with a bit for each."""
    segments_of: dict[int, set[int]] = {}
    for number, some in enumerate(lists.values()):
        left = set(chain.from_iterable(chain(one.newest, one.others) for one in some))
        for words, segments in list(segments_of.items()):
            if both := segments & left:
                segments -= both
                left -= both
                segments_of[words | 1 << number] = both
        segments_of[1 << number] = left
    return segments_of


def _weights(connection: sqlite3.Connection, lists: Lists, combinations: Iterable[int]) -> dict[int, float]:
    """Of each combination of words. A word counts once, where it counts most."""
    total = int(connection.execute(_MAX_ID).fetchone()[0] or 0)
    counts = defaultdict[Forms, float](float)
    for placed, some in lists.items():
        counts[placed.forms] += sum(one.count for one in some)
    weights = [(placed.forms, placed.factor * log(1 + total / (counts[placed.forms] + 0.5))) for placed in lists]
    summed: dict[int, float] = {}
    for words in combinations:
        best_of = defaultdict[Forms, float](float)
        for number, (word, weight) in enumerate(weights):
            if words >> number & 1:
                best_of[word] = max(best_of[word], weight)
        summed[words] = sum(best_of.values())
    return summed


def _admitted(
    connection: sqlite3.Connection, segments: Sequence[int], condition: FilterSql
) -> Iterator[tuple[int, str, int]]:
    """In the same order, each with its video and its number there."""
    statement = f"""
    SELECT segment.id, segment.video_id, segment.segment_index FROM json_each(:ids) AS requested
    CROSS JOIN segment ON segment.id = requested.value CROSS JOIN video ON video.id = segment.video
    WHERE {condition.segments} ORDER BY requested.key
    """  # nosec B608 # conditions are made of constants of this package, values are bound
    yield from connection.execute(statement, {**condition.values, "ids": json.dumps(segments)})


def _narrowed(connection: sqlite3.Connection, within: SegmentFilter, condition: FilterSql) -> SegmentFilter:
    """Lists the videos of the filter when they are few, so that the full-text index looks them up."""
    statement = f"SELECT video.video_id FROM video WHERE {condition.videos} LIMIT {TERMS_MAX + 1}"  # nosec B608 # values are bound
    videos = tuple(row[0] for row in connection.execute(statement, condition.values))
    return within if len(videos) > TERMS_MAX else within.model_copy(update={"video_ids": videos})


def _scopes(within: SegmentFilter) -> Iterator[str]:
    """The videos and collections: together these expressions match all that are listed."""
    unknown = collection_term(None)  # the fields of the video are not known
    videos = [video_term(i) for i in within.video_ids or ()]
    collections = [collection_term(i) for i in within.videos.collection_ids or ()]
    for some, others in product(_batches(videos), _batches(collections)):
        listed = [terms for terms in (some, [*others, unknown] if others else []) if terms]
        yield " AND ".join(f"scope : ({' OR '.join(terms)})" for terms in listed)


def _batches(terms: Sequence[str]) -> list[Sequence[str]]:
    """One empty batch when nothing is listed."""
    return [terms[start : start + TERMS_MAX] for start in range(0, max(1, len(terms)), TERMS_MAX)]


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
