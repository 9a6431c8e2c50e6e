"""Find the moments of a library that answer a query, best first, or none."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.pagination import PageToken
from cinedex.search.domain.index.segment_document import SegmentDocument
from cinedex.search.domain.query.parsed_query import ParsedQuery
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.ranking.fusion import Scored
from cinedex.search.domain.ranking.highlight import mark_literal, mark_words, sentences
from cinedex.search.domain.results.grouping import Grouped, alone, collapse, join_neighbours
from cinedex.search.domain.results.moment import Moment
from cinedex.search.domain.results.search_snapshot import RankedMoment, SearchSnapshot
from cinedex.search.usecases.querying.format_report import format_report
from cinedex.search.usecases.querying.page_moments import MomentPage, PageMoments
from cinedex.search.usecases.querying.resolve_scope import ResolveScope, SearchScope
from cinedex.search.usecases.querying.search_request import SearchRequest, SearchResults, Strategy
from cinedex.search.usecases.querying.stage_timer import Stage, StageTimer
from cinedex.search.usecases.retrieval.hybrid_search import HybridResult, HybridSearch
from cinedex.search.usecases.retrieval.literal_search import LiteralSearch
from cinedex.search.usecases.retrieval.retrieve_segments import filter_of

HIGHLIGHTS_MAX = 3


@dataclass(frozen=True)
class SearchMoments:
    """`now_s` is what the stages are timed by: seconds of a clock that never goes back."""

    resolve_scope: ResolveScope
    literal_search: LiteralSearch
    hybrid_search: HybridSearch
    page_moments: PageMoments
    now_s: Callable[[], float] = time.perf_counter

    def __call__(self, request: SearchRequest) -> SearchResults:
        """Raises `InvalidInput` for an empty query, no field or a foreign token, `Unavailable` without an index."""
        if not request.literal:
            raise InvalidInput("query must not be empty.", field="query")
        request.require_fields()
        times = StageTimer(self.now_s)
        with times.of(Stage.TOTAL):
            results = self._results(request, times)
        return results.model_copy(update={"stage_ms": times.taken_ms})

    def _results(self, request: SearchRequest, times: StageTimer) -> SearchResults:
        with times.of(Stage.UNDERSTAND):
            reading = request.understood() or ParsedQuery(text=request.query)
        token = PageToken.unpack(request.page_token, request.fingerprint) if request.page_token else None
        with times.of(Stage.POOL):
            pool = self.resolve_scope(request.account_id, request.scope, request.features)
        if token is None:
            page = self._first(request, reading, pool, times)
        else:
            with times.of(Stage.PAGE):
                page = self.page_moments.later(request.account_id, token, pool, request.page_limit)
        with times.of(Stage.PAGE):
            return _answer(request, reading, pool, page)

    def _first(self, request: SearchRequest, reading: ParsedQuery, pool: SearchScope, times: StageTimer) -> MomentPage:
        literal = request.strategy is Strategy.TEXT
        found = self._literal(request, pool, times) if literal else self.hybrid_search(request, reading, pool, times)
        scored = found.scored
        with times.of(Stage.GROUP):
            groups = _grouped(scored, pool, request) if request.group and not literal else [alone(s) for s in scored]
        with times.of(Stage.PAGE):
            return self.page_moments.first(
                request.account_id,
                request.fingerprint,
                SearchSnapshot.of(groups, degraded=found.degraded, rewrite=found.rewrite),
                (s.document for s in scored),
                request.page_limit,
            )

    def _literal(self, request: SearchRequest, pool: SearchScope, times: StageTimer) -> HybridResult:
        modalities = tuple(m for field in request.fields for m in field.modalities)
        if not pool.videos:
            return HybridResult((), degraded=False)
        allowed = filter_of(request.account_id, pool, request.scope.within, modalities)
        with times.of(Stage.STORE):
            return HybridResult(*self.literal_search(request.literal, allowed))


def _grouped(scored: Sequence[Scored], pool: SearchScope, request: SearchRequest) -> list[Grouped]:
    """Who names videos wants each of them answered for: nothing is hidden behind another one then."""
    media = {video_id: (v.media.etag, v.media.size_bytes) for video_id, v in pool.videos.items()}
    return collapse(
        join_neighbours(scored),
        lambda one, other: bool(media[one][0]) and media[one] == media[other],
        across_videos=request.scope.video_ids is None,
    )


def _answer(request: SearchRequest, reading: ParsedQuery, pool: SearchScope, page: MomentPage) -> SearchResults:
    query = Query(text=reading.text) if page.rewrite is None else page.rewrite.of(reading)
    moments = [_moment(request, query, *ranked) for ranked in page.moments]
    reported = request.include_report and request.strategy is Strategy.SEMANTIC
    return SearchResults(
        moments=tuple(moments),
        videos={m.video_id: pool.videos[m.video_id] for m in moments},
        next_page_token=page.next_page_token,
        report=format_report(request.query, moments, pool.videos) if reported else None,
        pool_video_count=len(pool.videos),
        pool_duration_s=round(pool.total_duration_s, 3),
        degraded=page.degraded,
        understood=request.understood(),
        rewrite=page.rewrite,
    )


def _moment(request: SearchRequest, query: Query, rank: int, found: RankedMoment, document: SegmentDocument) -> Moment:
    return Moment(
        video_id=found.video_id,
        segment_index=found.segment_index,
        span=found.span,
        score=found.score,
        rank=rank,
        matched=found.matched,
        matched_by=found.matched_by,
        texts=document.texts,
        highlights=_highlights(request, query, [document.texts.get(m, "") for m in found.matched]),
        similar=found.similar,
        similar_count=found.similar_count,
    )


def _highlights(request: SearchRequest, query: Query, texts: Sequence[str]) -> tuple[str, ...]:
    if request.strategy is Strategy.TEXT:
        marked = [mark_literal(text, request.literal) for text in texts]
    else:
        marked = [mark_words(sentence, query) for text in texts for sentence in sentences(text)]
    return tuple(dict.fromkeys(m for m in marked if m))[:HIGHLIGHTS_MAX]
