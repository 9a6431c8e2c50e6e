"""Bodies of OpenSearch queries."""

from __future__ import annotations

import re
from typing import Any

from cinedex.adapters.opensearch.filters import MANIFEST, manifest_filters, segment_filters, unknown_filters
from cinedex.kernel.text.folding import fold
from cinedex.kernel.text.tokens import query_terms
from cinedex.search.domain.index.segment_document import QueryVector, SegmentFilter
from cinedex.timeline.modality import Modality

SORT_BY_TIME = [{"video_id": "asc"}, {"segment_index": "asc"}]
ANY_CHARACTER = "?"
TERMS_MAX = 80
"""Each term is a clause in each field, and a query of more than 1,024 is refused (`max_clause_count`)."""
NEIGHBOURS_MIN = 100
"""HNSW is approximate: among 100,000 vectors, k=10 finds 8 of the nearest 10, and k=100 finds all of them."""

QueryBody = dict[str, Any]


def words_search(text: str, within: SegmentFilter, limit: int) -> QueryBody:
    """`text` is tokenized here, and `multi_match` has no operators. `texts` is searched in indexes of schema 3."""
    plain = " ".join(_looked_up(query_terms(text)))
    fields = [f"{field}.{modality.value}" for field in ("terms", "texts") for modality in within.modalities]
    match: QueryBody = {"multi_match": {"query": plain, "fields": fields, "type": "most_fields"}}
    query = {"bool": {"must": match, "filter": segment_filters(within)}} if plain and fields else {"match_none": {}}
    return {"query": query, "size": limit, "track_total_hits": False}


def vector_search(vector: QueryVector, modality: Modality, within: SegmentFilter, limit: int) -> QueryBody:
    nearest = {
        "vector": vector.values,
        "k": max(limit, NEIGHBOURS_MIN),
        "filter": {"bool": {"filter": segment_filters(within)}},
        "ignore_unmapped": True,  # an index made by an earlier version has no field for the vectors of subtitles
    }
    query = {"knn": {f"vectors.{modality.value}": nearest}}
    return {"query": query, "size": limit, "track_total_hits": False}


def literal_search(text: str, within: SegmentFilter, limit: int) -> QueryBody:
    """Documents in order, including false positives: wildcard characters of `text` match any character.

    They cannot be escaped in an index of schema 3, whose normalizer removes the escapes (2.19). An empty `text` matches
    every text.
    """
    pattern = _pattern(fold(text))
    fields = [name for m in within.modalities for name in (f"folded.{m.value}", f"texts.{m.value}.letters")]
    contains = [{"wildcard": {field: {"value": pattern}}} if text else {"exists": {"field": field}} for field in fields]
    query = {"bool": {"filter": [*segment_filters(within), {"bool": {"should": contains, "minimum_should_match": 1}}]}}
    return {"query": query, "size": limit, "sort": SORT_BY_TIME, "track_total_hits": False}


def count_videos(within: SegmentFilter) -> QueryBody:
    """The number of manifests, and the total duration of their videos."""
    total = {"duration_s": {"sum": {"field": f"{MANIFEST}duration_s"}}}
    return {"query": {"bool": {"filter": manifest_filters(within)}}, "size": 0, "track_total_hits": True, "aggs": total}


def count_unknown_videos(within: SegmentFilter) -> QueryBody:
    count = {"videos": {"cardinality": {"field": "video_id"}}}
    query = {"bool": {"filter": unknown_filters(within)}}
    return {"query": query, "size": 0, "track_total_hits": False, "aggs": count}


def newest_videos(within: SegmentFilter, name_part: str, limit: int) -> QueryBody:
    """A wildcard character of `name_part` matches any character."""
    named = [{"wildcard": {f"{MANIFEST}name": {"value": _pattern(name_part)}}}] if name_part else []
    return {
        "query": {"bool": {"filter": [*manifest_filters(within), *named]}},
        "size": limit,
        "sort": [{f"{MANIFEST}video_id": "desc"}],
        "track_total_hits": True,
        "_source": [f"{MANIFEST}video_id"],
    }


def _looked_up(words: tuple[tuple[str, ...], ...]) -> list[str]:
    """All words, and then as many of their stems as the store accepts in all fields."""
    stems = (stem for _, *stems in words for stem in stems)
    return list(dict.fromkeys((*(word for word, *_ in words), *stems)))[: max(TERMS_MAX, len(words))]


def _pattern(folded: str) -> str:
    """Contains `folded`, whose wildcards and escape characters match any character."""
    return "*" + re.sub(r"[*?\\]", ANY_CHARACTER, folded) + "*"
