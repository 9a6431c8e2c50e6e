"""From a query to scored segments: the retrieval under search and answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cinedex.domain.errors import Unavailable
from cinedex.domain.fusion import Scored, fuse
from cinedex.domain.moment import Modality, MomentFilter, QueryVector
from cinedex.domain.query import Query
from cinedex.domain.rank_fusion import Fusion
from cinedex.domain.signal import ALL_SIGNALS, Evidence, Signal
from cinedex.domain.similarity import mean_of
from cinedex.domain.span import Span
from cinedex.ports.moment_index import MomentIndex
from cinedex.ports.text_embedder import TextEmbedder
from cinedex.usecases.resolve_pool import Pool
from cinedex.usecases.stage_times import Stage, StageTimes

CANDIDATES_MAX = 200


@dataclass(frozen=True)
class Found:
    """Every candidate, best first by `fusion`; `degraded` when only its words could be compared."""

    scored: tuple[Scored, ...]
    fusion: Fusion
    degraded: bool = False


@dataclass(frozen=True)
class FindMoments:
    """Ask the signals for candidates, score what they propose, and bring it in order.

    At most `CANDIDATES_MAX` of each signal are looked at, so that is how deep paging goes. `fusion` is the one of
    this deployment.
    """

    index: MomentIndex
    embedder: TextEmbedder
    fusion: Fusion = Fusion.CALIBRATED

    def __call__(
        self,
        account_id: str,
        query: Query,
        pool: Pool,
        within: Span | None = None,
        *,
        signals: Collection[Signal] = ALL_SIGNALS,
        fusion: Fusion | None = None,
        times: StageTimes | None = None,
    ) -> Found:
        """`signals` are those asked, without repetition; one alone ranks in its own order."""
        chosen, watch = fusion or self.fusion, times or StageTimes()
        if not pool.videos or not query.terms:
            return Found((), chosen)
        evidence = Evidence.of(signals)
        with watch.of(Stage.EMBED):
            vector, share = self._vector_of(query) if evidence.vectors else (None, 1.0)
        with watch.of(Stage.STORE):
            allowed = filter_of(account_id, pool, within, evidence.modalities)
            hits = self.index.search(query.index_words, vector, allowed, CANDIDATES_MAX).times(share)
        with watch.of(Stage.FUSION):
            scored = fuse(query, hits, tuple(Modality), signals, chosen)
        lacks_vector = bool(evidence.vectors) and vector is None
        return Found(tuple(scored), chosen, degraded=hits.degraded or lacks_vector)

    def _vector_of(self, query: Query) -> tuple[QueryVector | None, float]:
        """And what its cosines are to be multiplied by. None when the text model is down: the words still answer."""
        try:
            embedded = self.embedder.embed(query.wordings)
        except Unavailable:
            return None, 1.0
        values, length = mean_of(embedded.vectors) if len(query.wordings) > 1 else (embedded.vectors[0], 1.0)
        return QueryVector(model=embedded.model, values=values), length


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
