"""The segments that answer a query surely enough, by words and by meaning, and what a language model adds to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cinedex.domain.confidence import cutoff
from cinedex.domain.errors import Unavailable
from cinedex.domain.fusion import Scored, best_score, in_order
from cinedex.domain.query import Query
from cinedex.domain.query_reading import QueryReading
from cinedex.domain.query_rewrite import Rewrite, RewriteStatus, surer_of
from cinedex.usecases.find_moments import FindMoments, Found
from cinedex.usecases.narrow_pool import narrow_pool
from cinedex.usecases.resolve_pool import Pool
from cinedex.usecases.rewrite_query import RewriteQuery
from cinedex.usecases.search_request import SearchRequest
from cinedex.usecases.sharpen_ranking import SharpenRanking
from cinedex.usecases.stage_times import Stage, StageTimes


@dataclass(frozen=True)
class Meant:
    """Best first; `rewrite` is None when no language model was asked."""

    scored: tuple[Scored, ...]
    degraded: bool
    rewrite: Rewrite | None = None


@dataclass(frozen=True)
class SearchByMeaning:
    """A query that is rewritten is searched twice, and each segment has the better score.

    Once as it is, and once with what was added: so whatever the model says, nothing is lost or less sure.
    """

    find_moments: FindMoments
    sharpen_ranking: SharpenRanking
    rewrite_query: RewriteQuery | None = None

    def __call__(self, request: SearchRequest, reading: QueryReading, pool: Pool, times: StageTimes) -> Meant:
        """Raises `Unavailable` without an index, or when a rewrite is asked of a deployment that makes none."""
        narrowed, query = narrow_pool(pool, reading), Query(text=reading.text)
        rewritten = self._begin(request, reading, narrowed, query)
        plain = self._confident(request, reading, narrowed, query, times)
        if rewritten is None:
            return Meant(plain.scored, plain.degraded)
        with times.of(Stage.REWRITE):
            rewrite = rewritten()
        if rewrite.status is not RewriteStatus.REWRITTEN:
            return Meant(plain.scored, plain.degraded, rewrite)
        wider = self._confident(request, reading, narrowed, rewrite.of(reading), times)
        scored = in_order(surer_of(plain.scored, wider.scored), plain.fusion)
        return Meant(tuple(scored), plain.degraded or wider.degraded, rewrite)

    def _begin(
        self, request: SearchRequest, reading: QueryReading, pool: Pool, query: Query
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
        self, request: SearchRequest, reading: QueryReading, pool: Pool, query: Query, times: StageTimes
    ) -> Found:
        found = self.find_moments(
            request.account_id,
            query,
            pool,
            request.scope.within,
            signals=request.signals,
            fusion=request.fusion,
            times=times,
        )
        scored = [s for s in found.scored if not any(n.is_held_by(s.document.texts) for n in reading.negations)]
        if request.sharpens:
            with times.of(Stage.RERANK):
                scored = list(self.sharpen_ranking(query, scored, found.fusion))
        lowest = cutoff(request.threshold, best_score(scored))
        return Found(tuple(s for s in scored if s.score >= lowest), found.fusion, found.degraded)
