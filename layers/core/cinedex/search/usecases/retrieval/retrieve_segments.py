"""From a query to scored segments: the retrieval under search and answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cinedex.kernel.errors import Unavailable
from cinedex.kernel.span import Span
from cinedex.search.domain.index.segment_document import QueryVector, SegmentFilter
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.ranking.fusion import Scored, fuse
from cinedex.search.domain.ranking.rank_fusion import Fusion
from cinedex.search.domain.ranking.signal import ALL_SIGNALS, Evidence, Signal
from cinedex.search.domain.ranking.similarity import mean_of
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.search.ports.text_embedder import TextEmbedder
from cinedex.search.usecases.querying.resolve_scope import SearchScope
from cinedex.search.usecases.querying.stage_timer import Stage, StageTimer
from cinedex.timeline.modality import Modality

CANDIDATES_MAX = 200


@dataclass(frozen=True)
class Retrieved:
    """Every candidate, best first by `fusion`; `degraded` when only its words could be compared."""

    scored: tuple[Scored, ...]
    fusion: Fusion
    degraded: bool = False


@dataclass(frozen=True)
class RetrieveSegments:
    """Ask the signals for candidates, score what they propose, and bring it in order.

    At most `CANDIDATES_MAX` of each signal are looked at, so that is how deep paging goes. `fusion` is the one of
    this deployment.
    """

    index: SegmentIndex
    embedder: TextEmbedder
    fusion: Fusion = Fusion.CALIBRATED

    def __call__(
        self,
        account_id: str,
        query: Query,
        pool: SearchScope,
        within: Span | None = None,
        *,
        signals: Collection[Signal] = ALL_SIGNALS,
        fusion: Fusion | None = None,
        times: StageTimer | None = None,
    ) -> Retrieved:
        """`signals` are those asked, without repetition; one alone ranks in its own order."""
        chosen, watch = fusion or self.fusion, times or StageTimer()
        if not pool.videos or not query.terms:
            return Retrieved((), chosen)
        evidence = Evidence.of(signals)
        with watch.of(Stage.EMBED):
            vector, share = self._vector_of(query) if evidence.vectors else (None, 1.0)
        with watch.of(Stage.STORE):
            allowed = filter_of(account_id, pool, within, evidence.modalities)
            hits = self.index.search(query.index_words, vector, allowed, CANDIDATES_MAX).times(share)
        with watch.of(Stage.FUSION):
            scored = fuse(query, hits, tuple(Modality), signals, chosen)
        lacks_vector = bool(evidence.vectors) and vector is None
        return Retrieved(tuple(scored), chosen, degraded=hits.degraded or lacks_vector)

    def _vector_of(self, query: Query) -> tuple[QueryVector | None, float]:
        """And what its cosines are to be multiplied by. None when the text model is down: the words still answer."""
        try:
            embedded = self.embedder.embed(query.wordings)
        except Unavailable:
            return None, 1.0
        values, length = mean_of(embedded.vectors) if len(query.wordings) > 1 else (embedded.vectors[0], 1.0)
        return QueryVector(model=embedded.model, values=values), length


def filter_of(
    account_id: str, pool: SearchScope, within: Span | None, modalities: tuple[Modality, ...] = tuple(Modality)
) -> SegmentFilter:
    return SegmentFilter(
        account_id=account_id,
        video_ids=tuple(pool.videos),
        within=within,
        windows=pool.windows,
        modalities=modalities,
    )
