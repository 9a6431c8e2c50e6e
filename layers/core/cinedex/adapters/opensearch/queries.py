"""Bodies of OpenSearch queries."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from cinedex.kernel.span import Span
from cinedex.kernel.text.folding import fold
from cinedex.kernel.text.tokens import query_terms
from cinedex.search.domain.index.segment_document import WHOLE_VIDEO, QueryVector, SegmentFilter
from cinedex.timeline.modality import Modality

SORT_BY_TIME = [{"video_id": "asc"}, {"segment_index": "asc"}]
ANY_CHARACTER = "?"
NEIGHBOURS_MIN = 100
"""HNSW is approximate: among 100,000 vectors, k=10 finds 8 of the nearest 10, and k=100 finds all of them."""

QueryBody = dict[str, Any]


def words_search(text: str, within: SegmentFilter, limit: int) -> QueryBody:
    """`text` is tokenized here, and `multi_match` has no operators. `texts` is searched in indexes of schema 3."""
    plain = " ".join(query_terms(text))
    fields = [f"{field}.{modality.value}" for field in ("terms", "texts") for modality in within.modalities]
    match: QueryBody = {"multi_match": {"query": plain, "fields": fields, "type": "most_fields"}}
    query = {"bool": {"must": match, "filter": filters(within)}} if plain and fields else {"match_none": {}}
    return {"query": query, "size": limit, "track_total_hits": False}


def vector_search(vector: QueryVector, modality: Modality, within: SegmentFilter, limit: int) -> QueryBody:
    nearest = {
        "vector": vector.values,
        "k": max(limit, NEIGHBOURS_MIN),
        "filter": {"bool": {"filter": filters(within)}},
        "ignore_unmapped": True,  # an index made by an earlier version has no field for the vectors of subtitles
    }
    query = {"knn": {f"vectors.{modality.value}": nearest}}
    return {"query": query, "size": limit, "track_total_hits": False}


def literal_search(text: str, within: SegmentFilter, limit: int) -> QueryBody:
    """Documents in order, including false positives: wildcard characters of `text` match any character.

    They cannot be escaped in an index of schema 3, whose normalizer removes the escapes (2.19). An empty `text` matches
    every text.
    """
    pattern = "*" + re.sub(r"[*?\\]", ANY_CHARACTER, fold(text)) + "*"
    fields = [name for m in within.modalities for name in (f"folded.{m.value}", f"texts.{m.value}.letters")]
    contains = [{"wildcard": {field: {"value": pattern}}} if text else {"exists": {"field": field}} for field in fields]
    query = {"bool": {"filter": [*filters(within), {"bool": {"should": contains, "minimum_should_match": 1}}]}}
    return {"query": query, "size": limit, "sort": SORT_BY_TIME, "track_total_hits": False}


def filters(within: SegmentFilter) -> list[QueryBody]:
    """The account, and each video within its part."""
    by_part: dict[Span, list[str]] = defaultdict(list)
    for video_id, part in within.parts.items():
        by_part[part].append(video_id)
    parts = [{"bool": {"filter": [{"terms": {"video_id": v}}, *_overlap(part)]}} for part, v in by_part.items()]
    anywhere = {"bool": {"should": parts, "minimum_should_match": 1}} if parts else {"match_none": {}}
    return [{"term": {"account_id": within.account_id}}, anywhere]


def _overlap(part: Span) -> list[QueryBody]:
    """`Span.overlaps`, as ranges."""
    if part == WHOLE_VIDEO:
        return []
    touching = [{"range": {"start_s": {"lte": part.end_s}}}, {"range": {"end_s": {"gte": part.start_s}}}]
    if part.length_s == 0:
        return touching
    sharing = [{"range": {"start_s": {"lt": part.end_s}}}, {"range": {"end_s": {"gt": part.start_s}}}]
    instant = [{"term": {"is_instant": True}}, *touching]
    either = [{"bool": {"filter": sharing}}, {"bool": {"filter": instant}}]
    return [{"bool": {"should": either, "minimum_should_match": 1}}]
