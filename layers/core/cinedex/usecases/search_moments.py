"""Find the moments of a library that answer a query, best first, or none."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cinedex.domain.errors import InvalidInput
from cinedex.domain.found_moment import Moment
from cinedex.domain.fusion import Scored
from cinedex.domain.grouping import Grouped, alone, collapse, join_neighbours
from cinedex.domain.highlight import mark_literal, mark_words, sentences
from cinedex.domain.moment import SegmentDocument
from cinedex.domain.page_token import PageToken
from cinedex.domain.query import Query
from cinedex.domain.query_reading import QueryReading
from cinedex.domain.ranked_list import RankedList, RankedMoment
from cinedex.usecases.find_literal import FindLiteral
from cinedex.usecases.find_moments import filter_of
from cinedex.usecases.page_moments import Page, PageMoments
from cinedex.usecases.resolve_pool import Pool, ResolvePool
from cinedex.usecases.search_by_meaning import Meant, SearchByMeaning
from cinedex.usecases.search_request import SearchRequest, SearchResults, Strategy
from cinedex.usecases.stage_times import Stage, StageTimes
from cinedex.usecases.write_report import write_report

HIGHLIGHTS_MAX = 3


@dataclass(frozen=True)
class SearchMoments:
    """`now_s` is what the stages are timed by: seconds of a clock that never goes back."""

    resolve_pool: ResolvePool
    find_literal: FindLiteral
    search_by_meaning: SearchByMeaning
    page_moments: PageMoments
    now_s: Callable[[], float] = time.perf_counter

    def __call__(self, request: SearchRequest) -> SearchResults:
        """Raises `InvalidInput` for an empty query, no field or a foreign token, `Unavailable` without an index."""
        if not request.literal:
            raise InvalidInput("query must not be empty.", param="query")
        request.require_fields()
        times = StageTimes(self.now_s)
        with times.of(Stage.TOTAL):
            results = self._results(request, times)
        return results.model_copy(update={"stage_ms": times.taken_ms})

    def _results(self, request: SearchRequest, times: StageTimes) -> SearchResults:
        with times.of(Stage.UNDERSTAND):
            reading = request.understood() or QueryReading(text=request.query)
        token = PageToken.unpack(request.page_token, request.fingerprint) if request.page_token else None
        with times.of(Stage.POOL):
            pool = self.resolve_pool(request.account_id, request.scope, request.features)
        if token is None:
            page = self._first(request, reading, pool, times)
        else:
            with times.of(Stage.PAGE):
                page = self.page_moments.later(request.account_id, token, pool, request.page_limit)
        with times.of(Stage.PAGE):
            return _answer(request, reading, pool, page)

    def _first(self, request: SearchRequest, reading: QueryReading, pool: Pool, times: StageTimes) -> Page:
        literal = request.strategy is Strategy.TEXT
        found = (
            self._literal(request, pool, times) if literal else self.search_by_meaning(request, reading, pool, times)
        )
        scored = found.scored
        with times.of(Stage.GROUP):
            groups = _grouped(scored, pool, request) if request.group and not literal else [alone(s) for s in scored]
        with times.of(Stage.PAGE):
            return self.page_moments.first(
                request.account_id,
                request.fingerprint,
                RankedList.of(groups, degraded=found.degraded, rewrite=found.rewrite),
                (s.document for s in scored),
                request.page_limit,
            )

    def _literal(self, request: SearchRequest, pool: Pool, times: StageTimes) -> Meant:
        modalities = tuple(m for field in request.fields for m in field.modalities)
        if not pool.videos:
            return Meant((), degraded=False)
        allowed = filter_of(request.account_id, pool, request.scope.within, modalities)
        with times.of(Stage.STORE):
            return Meant(*self.find_literal(request.literal, allowed))


def _grouped(scored: Sequence[Scored], pool: Pool, request: SearchRequest) -> list[Grouped]:
    """Who names videos wants each of them answered for: nothing is hidden behind another one then."""
    media = {video_id: (v.media.etag, v.media.size_bytes) for video_id, v in pool.videos.items()}
    return collapse(
        join_neighbours(scored),
        lambda one, other: bool(media[one][0]) and media[one] == media[other],
        across_videos=request.scope.video_ids is None,
    )


def _answer(request: SearchRequest, reading: QueryReading, pool: Pool, page: Page) -> SearchResults:
    query = Query(text=reading.text) if page.rewrite is None else page.rewrite.of(reading)
    moments = [_moment(request, query, *ranked) for ranked in page.moments]
    reported = request.include_report and request.strategy is Strategy.SEMANTIC
    return SearchResults(
        moments=tuple(moments),
        videos={m.video_id: pool.videos[m.video_id] for m in moments},
        next_page_token=page.next_page_token,
        report=write_report(request.query, moments, pool.videos) if reported else None,
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
