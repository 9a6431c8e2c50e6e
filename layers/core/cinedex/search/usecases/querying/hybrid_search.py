"""Segments that answer a query with enough confidence, by words, by vectors and by a rewrite of the query."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial

from cinedex.kernel.errors import Unavailable
from cinedex.search.domain.query.parsed_query import ParsedQuery
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.query.query_rewrite import Rewrite, RewriteStatus
from cinedex.search.domain.query.search_scope import SearchScope
from cinedex.search.domain.ranking.confidence import cutoff
from cinedex.search.domain.ranking.fusion import best_score, merge_best_scores, rank
from cinedex.search.domain.ranking.rank_fusion import Fusion
from cinedex.search.usecases.querying.rewrite_query import RewriteQuery
from cinedex.search.usecases.querying.search_request import SearchRequest
from cinedex.search.usecases.retrieval.rerank_moments import RerankMoments
from cinedex.search.usecases.retrieval.retrieve_segments import Retrieved, RetrieveSegments
from cinedex.search.usecases.stage_timer import Stage, StageTimer


@dataclass(frozen=True)
class HybridSearch:
    """A rewritten query is searched twice, and each segment gets the better of its two scores.

    The first search uses the query as typed, the second one adds the rewrite. So a rewrite cannot remove a segment or
    lower its score.
    """

    retrieve_segments: RetrieveSegments
    rerank_moments: RerankMoments
    rewrite_query: RewriteQuery | None = None

    def start(
        self, request: SearchRequest, parsed: ParsedQuery, scope: SearchScope
    ) -> Callable[[SearchScope, StageTimer], Retrieved]:
        """Calls the model once; the returned search can be repeated in other scopes.

        Raises `Unavailable` when the request wants a rewrite and the deployment has none; the search without an index.
        """
        pending = self._start_rewrite(request, parsed, scope)
        return partial(self._search, request, parsed, pending)

    def _search(
        self,
        request: SearchRequest,
        parsed: ParsedQuery,
        pending: Callable[[], Rewrite] | None,
        scope: SearchScope,
        timer: StageTimer,
    ) -> Retrieved:
        filtered, query = scope.of_parts(parsed.ranges), Query(text=parsed.text)
        plain = self._confident(request, parsed, filtered, query, timer)
        if pending is None:
            return plain
        with timer.of(Stage.REWRITE):
            rewrite = pending()
        if rewrite.status is not RewriteStatus.REWRITTEN:
            return replace(plain, rewrite=rewrite)
        extended = self._confident(request, parsed, filtered, rewrite.apply_to(parsed), timer)
        scored = rank(merge_best_scores(plain.scored, extended.scored), self._fusion_of(request))
        return Retrieved(tuple(scored), plain.degraded or extended.degraded, rewrite)

    def _fusion_of(self, request: SearchRequest) -> Fusion:
        return request.fusion or self.retrieve_segments.fusion

    def _start_rewrite(
        self, request: SearchRequest, parsed: ParsedQuery, scope: SearchScope
    ) -> Callable[[], Rewrite] | None:
        """The model runs while the plain query is searched. None when it is not called."""
        if self.rewrite_query is None:
            if request.rewrite:
                raise Unavailable("This deployment does not rewrite queries (setting SEARCH_REWRITE).")
            return None
        is_wanted = self.rewrite_query.is_default if request.rewrite is None else request.rewrite
        has_terms = bool(Query(text=parsed.text).terms)
        if not (is_wanted and request.can_be_rewritten and has_terms and not scope.is_empty):
            return None
        return cache(self.rewrite_query.start(request.account_id, parsed))

    def _confident(
        self, request: SearchRequest, parsed: ParsedQuery, scope: SearchScope, query: Query, timer: StageTimer
    ) -> Retrieved:
        fusion = self._fusion_of(request)
        retrieved = self.retrieve_segments(query, scope, signals=request.signals, fusion=fusion, timer=timer)
        scored = [s for s in retrieved.scored if not any(n.excludes(s.document.texts) for n in parsed.negations)]
        if request.reranks:
            with timer.of(Stage.RERANK):
                scored = list(self.rerank_moments(query, scored, fusion))
        lowest = cutoff(request.threshold, best_score(scored))
        return replace(retrieved, scored=tuple(s for s in scored if s.score >= lowest))
