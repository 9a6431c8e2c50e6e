"""Find the moments of a library that answer a query with enough confidence, best first."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.text.stemming import ENGLISH_ONLY
from cinedex.search.domain.index.indexed_video import VideoCount
from cinedex.search.domain.query.parsed_query import ParsedQuery
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.query.query_parser import QueryParser
from cinedex.search.domain.query.search_scope import SearchScope
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.search.domain.ranking.highlight import mark_literal, mark_words, sentences
from cinedex.search.domain.results.grouping import deduplicate, merge_adjacent, single
from cinedex.search.domain.results.moment import Moment, RankedMoment
from cinedex.search.domain.results.moment_group import MomentGroup
from cinedex.search.domain.results.search_snapshot import MOMENTS_MAX, SearchSnapshot
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.search.usecases.querying.check_moments import CheckMoments
from cinedex.search.usecases.querying.format_report import format_report
from cinedex.search.usecases.querying.hybrid_search import HybridSearch
from cinedex.search.usecases.querying.page_moments import MomentPage, PageMoments, SnapshotToken
from cinedex.search.usecases.querying.search_request import SearchRequest, SearchResults, Strategy
from cinedex.search.usecases.retrieval.literal_search import LiteralSearch
from cinedex.search.usecases.retrieval.retrieve_segments import Retrieved
from cinedex.search.usecases.stage_timer import Stage, StageTimer

HIGHLIGHTS_MAX = 3
ATTEMPTS_MAX = 3
"""Searches of one request: each leaves out the videos that the one before found to be out of scope."""


@dataclass(frozen=True)
class SearchMoments:
    """`now_s` times the stages: seconds of a monotonic clock."""

    parse_query: QueryParser
    index: SegmentIndex
    literal_search: LiteralSearch
    hybrid_search: HybridSearch
    check_moments: CheckMoments
    page_moments: PageMoments
    now_s: Callable[[], float] = time.perf_counter

    def __call__(self, request: SearchRequest) -> SearchResults:
        """Raises `InvalidInput` for an empty query, no field or a foreign token, `Unavailable` without an index."""
        if not request.literal:
            raise InvalidInput("query must not be empty.", field="query")
        request.require_fields()
        timer = StageTimer(self.now_s)
        with timer.of(Stage.TOTAL):
            results = self._results(request, timer)
        return results.model_copy(update={"stage_ms": timer.stage_ms})

    def _results(self, request: SearchRequest, timer: StageTimer) -> SearchResults:
        with timer.of(Stage.PARSE_QUERY):
            parsed = self.parse_query(request.query) if request.is_parsed else None
        query = parsed or ParsedQuery(text=request.query)
        token = SnapshotToken.unpack(request.page_token, request.fingerprint) if request.page_token else None
        scope = SearchScope(request.account_id, request.scope, request.features)
        with timer.of(Stage.SCOPE):
            count = self.index.count(scope.segments())
        if token is None:
            page = self._first(request, query, scope, timer)
        else:
            with timer.of(Stage.PAGE):
                page = self.page_moments.later(request.account_id, token, scope, request.page_limit)
        with timer.of(Stage.PAGE):
            return _search_results(request, query, count, page).model_copy(update={"parsed_query": parsed})

    def _first(self, request: SearchRequest, parsed: ParsedQuery, scope: SearchScope, timer: StageTimer) -> MomentPage:
        """Searches again without the videos that have left the scope, because their hits took the place of others."""
        is_literal = request.strategy is Strategy.TEXT
        search = partial(self._literal, request) if is_literal else self.hybrid_search.start(request, parsed, scope)
        for _ in range(ATTEMPTS_MAX):
            retrieved = search(scope, timer)
            moments = self._ranked(request, retrieved, timer)
            with timer.of(Stage.PAGE):
                checked = self.check_moments(scope, list(enumerate(moments, start=1)), request.page_limit)
            if not checked.gone:
                break
            scope = scope.without(checked.gone)
        page = [moment for _, moment in checked.moments]
        snapshot = SearchSnapshot(
            moments=(*page, *(moment for _, moment in checked.rest)),
            degraded=retrieved.degraded,
            rewrite=retrieved.rewrite,
        )
        checked.moments = list(enumerate(page, start=1))
        with timer.of(Stage.PAGE):
            return self.page_moments.first(
                request.account_id, request.fingerprint, snapshot, (s.document for s in retrieved.scored), checked
            )

    def _ranked(self, request: SearchRequest, retrieved: Retrieved, timer: StageTimer) -> tuple[RankedMoment, ...]:
        with timer.of(Stage.GROUP):
            is_grouped = request.group and request.strategy is not Strategy.TEXT
            groups = _grouped(retrieved.scored, request) if is_grouped else [single(s) for s in retrieved.scored]
            return tuple(RankedMoment.of(group) for group in groups[:MOMENTS_MAX])

    def _literal(self, request: SearchRequest, scope: SearchScope, timer: StageTimer) -> Retrieved:
        modalities = tuple(m for field in request.fields for m in field.modalities)
        if scope.is_empty:
            return Retrieved()
        with timer.of(Stage.STORE):
            return self.literal_search(request.literal, scope.segments(modalities))


def _grouped(scored: Sequence[ScoredSegment], request: SearchRequest) -> list[MomentGroup]:
    """When the request lists video ids, duplicates across videos are kept so that every listed video can appear."""
    media = {s.document.video_id: s.document.media for s in scored}
    return deduplicate(
        merge_adjacent(scored),
        media.__getitem__,
        across_videos=request.scope.video_ids is None,
    )


def _search_results(request: SearchRequest, parsed: ParsedQuery, count: VideoCount, page: MomentPage) -> SearchResults:
    query = Query(text=parsed.text) if page.rewrite is None else page.rewrite.apply_to(parsed)
    moments = [m.model_copy(update={"highlights": _highlights(request, query, m)}) for m in page.moments]
    has_report = request.include_report and request.strategy is Strategy.SEMANTIC
    return SearchResults(
        moments=tuple(moments),
        videos={m.video_id: page.videos[m.video_id] for m in moments},
        next_page_token=page.next_page_token,
        report=format_report(request.query, moments, page.videos, count.videos) if has_report else None,
        video_count=count.videos,
        total_duration_s=round(count.duration_s, 3),
        degraded=page.degraded,
        rewrite=page.rewrite,
    )


def _highlights(request: SearchRequest, query: Query, moment: Moment) -> tuple[str, ...]:
    texts = [(moment.texts.get(m, ""), moment.languages.get(m, ENGLISH_ONLY)) for m in moment.matched]
    if request.strategy is Strategy.TEXT:
        marked = [mark_literal(text, request.literal) for text, _ in texts]
    else:
        marked = [mark_words(part, query, languages) for text, languages in texts for part in sentences(text)]
    return tuple(dict.fromkeys(m for m in marked if m))[:HIGHLIGHTS_MAX]
