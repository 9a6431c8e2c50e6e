"""Rerank the best segments: compare the query with their sentences instead of the whole texts."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.kernel.errors import Unavailable
from cinedex.kernel.log_fields import log_fields
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.search.domain.ranking.fusion import rank
from cinedex.search.domain.ranking.highlight import sentences
from cinedex.search.domain.ranking.rank_fusion import Fusion
from cinedex.search.domain.ranking.similarity import cosine
from cinedex.search.ports.text_embedder import TextEmbedder
from cinedex.timeline.modality import Modality

logger = logging.getLogger(__name__)

SEGMENTS_MAX = 20
SENTENCES_MAX = 6


@dataclass(frozen=True)
class RerankMoments:
    """The vector of a segment of 20 seconds averages several statements, so its best sentence may be closer.

    The first `SEGMENTS_MAX` get the cosine of their best sentence where it is higher; the others keep their score. The
    order stays the same when the text model is down.
    """

    embedder: TextEmbedder

    def __call__(self, query: Query, scored: Sequence[ScoredSegment], fusion: Fusion) -> tuple[ScoredSegment, ...]:
        """Ranked again by `fusion`."""
        compared = [(s, *sentence) for s in scored[:SEGMENTS_MAX] for sentence in _sentences(s)]
        try:
            query_vector, *vectors = self.embedder.embed([query.text, *(text for _, _, text in compared)]).vectors
        except Unavailable as error:
            logger.warning("the text model failed, moments are not reranked", extra=log_fields(error))
            return tuple(scored)
        closest: dict[str, dict[Modality, float]] = defaultdict(dict)
        for (s, modality, _), vector in zip(compared, vectors, strict=True):
            cosines = closest[s.document.document_id]
            cosines[modality] = max(cosines.get(modality, -1.0), cosine(query_vector, vector))
        return tuple(rank((s.reranked(closest[s.document.document_id]) for s in scored), fusion))


def _sentences(scored: ScoredSegment) -> tuple[tuple[Modality, str], ...]:
    texts = scored.document.texts.items()
    return tuple((m, sentence) for m, text in texts for sentence in sentences(text))[:SENTENCES_MAX]
