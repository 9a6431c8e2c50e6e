"""From a query to scored segments: the retrieval under search and answers."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.domain.errors import Unavailable
from cinedex.domain.fusion import Scored, fuse
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

    def __call__(self, account_id: str, query: Query, pool: Pool, within: Span | None = None) -> Found:
        if not pool.videos or not query.terms:
            return Found(())
        vector = self._vector_of(query)
        allowed = filter_of(account_id, pool, within)
        hits = self.index.search(query.index_words, vector, allowed, CANDIDATES_MAX)
        return Found(tuple(fuse(query, hits, allowed.modalities)), degraded=vector is None or hits.degraded)

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
