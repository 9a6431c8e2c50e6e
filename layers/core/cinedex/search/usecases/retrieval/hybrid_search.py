"""The segments that answer a query surely enough, by words and by meaning, and what a language model adds to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cinedex.kernel.errors import Unavailable
from cinedex.search.domain.query.parsed_query import ParsedQuery
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.query.query_rewrite import Rewrite, RewriteStatus, surer_of
from cinedex.search.domain.ranking.confidence import cutoff
from cinedex.search.domain.ranking.fusion import Scored, best_score, in_order
from cinedex.search.usecases.querying.resolve_scope import SearchScope
from cinedex.search.usecases.querying.rewrite_query import RewriteQuery
from cinedex.search.usecases.querying.search_request import SearchRequest
from cinedex.search.usecases.querying.stage_timer import Stage, StageTimer
from cinedex.search.usecases.retrieval.apply_time_filter import apply_time_filter
from cinedex.search.usecases.retrieval.rerank_moments import RerankMoments
from cinedex.search.usecases.retrieval.retrieve_segments import Retrieved, RetrieveSegments


@dataclass(frozen=True)
class HybridResult:
    """Best first; `rewrite` is None when no language model was asked."""

    scored: tuple[Scored, ...]
    degraded: bool
    rewrite: Rewrite | None = None


@dataclass(frozen=True)
class HybridSearch:
    """A query that is rewritten is searched twice, and each segment has the better score.

    Once as it is, and once with what was added: so whatever the model says, nothing is lost or less sure.
    """

    retrieve_segments: RetrieveSegments
    rerank_moments: RerankMoments
    rewrite_query: RewriteQuery | None = None

    def __call__(
        self, request: SearchRequest, reading: ParsedQuery, pool: SearchScope, times: StageTimer
    ) -> HybridResult:
        """Raises `Unavailable` without an index, or when a rewrite is asked of a deployment that makes none."""
        narrowed, query = apply_time_filter(pool, reading), Query(text=reading.text)
        rewritten = self._begin(request, reading, narrowed, query)
        plain = self._confident(request, reading, narrowed, query, times)
        if rewritten is None:
            return HybridResult(plain.scored, plain.degraded)
        with times.of(Stage.REWRITE):
            rewrite = rewritten()
        if rewrite.status is not RewriteStatus.REWRITTEN:
            return HybridResult(plain.scored, plain.degraded, rewrite)
        wider = self._confident(request, reading, narrowed, rewrite.of(reading), times)
        scored = in_order(surer_of(plain.scored, wider.scored), plain.fusion)
        return HybridResult(tuple(scored), plain.degraded or wider.degraded, rewrite)

    def _begin(
        self, request: SearchRequest, reading: ParsedQuery, pool: SearchScope, query: Query
    ) -> Callable[[], Rewrite] | None:
        """The model thinks while the query is searched as it is. None when it is not asked."""
        if self.rewrite_query is None:
            if request.rewrite:
                raise Unavailable("This deployment does not rewrite queries; its setting SEARCH_REWRITE says so.")
            return None
        wanted = self.rewrite_query.unasked if request.rewrite is None else request.rewrite
        if not (wanted and request.can_be_rewritten and pool.videos and query.terms):
            return None
        return self.rewrite_query.begin(request.account_id, reading)

    def _confident(
        self, request: SearchRequest, reading: ParsedQuery, pool: SearchScope, query: Query, times: StageTimer
    ) -> Retrieved:
        found = self.retrieve_segments(
            request.account_id,
            query,
            pool,
            request.scope.within,
            signals=request.signals,
            fusion=request.fusion,
            times=times,
        )
        scored = [s for s in found.scored if not any(n.is_held_by(s.document.texts) for n in reading.negations)]
        if request.reranks:
            with times.of(Stage.RERANK):
                scored = list(self.rerank_moments(query, scored, found.fusion))
        lowest = cutoff(request.threshold, best_score(scored))
        return Retrieved(tuple(s for s in scored if s.score >= lowest), found.fusion, found.degraded)
