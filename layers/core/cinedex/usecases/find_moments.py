"""From a query to scored segments: the retrieval under search and answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cinedex.domain.errors import Unavailable
from cinedex.domain.fusion import Scored, Signal, fuse, of_signals, ranked_alone
from cinedex.domain.moment import Modality, MomentFilter, QueryVector
from cinedex.domain.query import Query
from cinedex.domain.span import Span
from cinedex.ports.moment_index import MomentIndex
from cinedex.ports.text_embedder import TextEmbedder
from cinedex.usecases.resolve_pool import Pool

CANDIDATES_MAX = 200


@dataclass(frozen=True)
class Found:
    """Every candidate, best first; `degraded` when only its words could be compared."""

    scored: tuple[Scored, ...]
    degraded: bool = False


@dataclass(frozen=True)
class FindMoments:
    """Ask both signals for candidates and score what they propose.

    At most `CANDIDATES_MAX` of each signal are looked at, so that is how deep paging goes.
    """

    index: MomentIndex
    embedder: TextEmbedder

    def __call__(
        self,
        account_id: str,
        query: Query,
        pool: Pool,
        within: Span | None = None,
        *,
        signals: Collection[Signal] = tuple(Signal),
    ) -> Found:
        """`signals` are those asked, without repetition; one alone ranks in its own order."""
        if not pool.videos or not query.terms:
            return Found(())
        asks_vectors = Signal.VECTORS in signals
        vector = self._vector_of(query) if asks_vectors else None
        allowed = filter_of(account_id, pool, within)
        hits = self.index.search(query.index_words, vector, allowed, CANDIDATES_MAX)
        scored = fuse(query, of_signals(hits, signals), allowed.modalities)
        if len(signals) == 1:
            scored = ranked_alone(scored, *signals)
        return Found(tuple(scored), degraded=hits.degraded or (asks_vectors and vector is None))

    def _vector_of(self, query: Query) -> QueryVector | None:
        """None when the text model is down: the words still answer."""
        try:
            embedded = self.embedder.embed([query.text])
        except Unavailable:
            return None
        return QueryVector(model=embedded.model, values=embedded.vectors[0])


def filter_of(
    account_id: str, pool: Pool, within: Span | None, modalities: tuple[Modality, ...] = tuple(Modality)
) -> MomentFilter:
    return MomentFilter(
        account_id=account_id,
        video_ids=tuple(pool.videos),
        within=within,
        windows=pool.windows,
        modalities=modalities,
    )
