"""From a query to scored segments: the retrieval behind search and answers."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass

from cinedex.kernel.errors import Unavailable
from cinedex.kernel.log_fields import log_fields
from cinedex.search.domain.index.segment_document import QueryVector
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.query.query_rewrite import Rewrite
from cinedex.search.domain.query.search_scope import SearchScope
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.search.domain.ranking.fusion import fuse
from cinedex.search.domain.ranking.rank_fusion import Fusion
from cinedex.search.domain.ranking.signal import ALL_SIGNALS, Signal, SignalModalities
from cinedex.search.domain.ranking.similarity import mean_of
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.search.ports.text_embedder import TextEmbedder
from cinedex.search.usecases.stage_timer import Stage, StageTimer
from cinedex.timeline.modality import Modality

logger = logging.getLogger(__name__)

CANDIDATES_MAX = 200


@dataclass(frozen=True)
class Retrieved:
    """Best first. `degraded` when a signal was not available; `rewrite` is None when no language model was called."""

    scored: tuple[ScoredSegment, ...] = ()
    degraded: bool = False
    rewrite: Rewrite | None = None


@dataclass(frozen=True)
class RetrieveSegments:
    """Collects candidates from the signals, scores and ranks them.

    It uses at most `CANDIDATES_MAX` of each signal, which limits how far a client can page. `fusion` is the default of
    the deployment.
    """

    index: SegmentIndex
    embedder: TextEmbedder
    fusion: Fusion = Fusion.CALIBRATED

    def __call__(
        self,
        query: Query,
        scope: SearchScope,
        *,
        signals: Collection[Signal] = ALL_SIGNALS,
        fusion: Fusion | None = None,
        timer: StageTimer | None = None,
    ) -> Retrieved:
        """`signals` has no duplicates; a single one ranks by its own measure."""
        timer = timer or StageTimer()
        if scope.is_empty or not query.terms:
            return Retrieved()
        evidence = SignalModalities.of(signals)
        with timer.of(Stage.EMBED):
            vector, factor = self._vector_of(query) if evidence.vectors else (None, 1.0)
        with timer.of(Stage.STORE):
            segments = scope.segments(evidence.modalities)
            hits = self.index.search(query.index_words, vector, segments, CANDIDATES_MAX).with_scaled_cosines(factor)
        with timer.of(Stage.FUSION):
            scored = fuse(query, hits, tuple(Modality), signals, fusion or self.fusion)
        lacks_vector = bool(evidence.vectors) and vector is None
        return Retrieved(tuple(scored), degraded=hits.degraded or lacks_vector)

    def _vector_of(self, query: Query) -> tuple[QueryVector | None, float]:
        """The vector and the factor for its cosines. None when the text model is down: words are still compared."""
        try:
            embedded = self.embedder.embed(query.wordings)
        except Unavailable as error:
            logger.warning("the text model failed, search uses keywords only", extra=log_fields(error))
            return None, 1.0
        values, length = mean_of(embedded.vectors) if len(query.wordings) > 1 else (embedded.vectors[0], 1.0)
        return QueryVector(model=embedded.model, values=values), length
