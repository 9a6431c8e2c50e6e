"""Look closer at the best moments: compare the query with their sentences, not with whole segments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.kernel.errors import Unavailable
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.ranking.fusion import Scored, in_order
from cinedex.search.domain.ranking.highlight import sentences
from cinedex.search.domain.ranking.rank_fusion import Fusion
from cinedex.search.domain.ranking.similarity import cosine
from cinedex.search.ports.text_embedder import TextEmbedder
from cinedex.timeline.modality import Modality

MOMENTS_MAX = 20
SENTENCES_MAX = 6


@dataclass(frozen=True)
class RerankMoments:
    """A segment of 20 seconds says several things, and its vector is their mean.

    The first `MOMENTS_MAX` get the cosine of their best sentence where it is higher; the rest stay behind
    as they are. Nothing changes when the text model is down.
    """

    embedder: TextEmbedder

    def __call__(self, query: Query, scored: Sequence[Scored], fusion: Fusion) -> tuple[Scored, ...]:
        """In the order that `fusion` makes of them now."""
        said = [(s, *told) for s in scored[:MOMENTS_MAX] for told in _sentences(s)]
        try:
            query_vector, *vectors = self.embedder.embed([query.text, *(text for _, _, text in said)]).vectors
        except Unavailable:
            return tuple(scored)
        closest: dict[str, dict[Modality, float]] = defaultdict(dict)
        for (s, modality, _), vector in zip(said, vectors, strict=True):
            measured = closest[s.document.document_id]
            measured[modality] = max(measured.get(modality, -1.0), cosine(query_vector, vector))
        return tuple(in_order((s.reranked(closest[s.document.document_id]) for s in scored), fusion))


def _sentences(scored: Scored) -> tuple[tuple[Modality, str], ...]:
    texts = scored.document.texts.items()
    return tuple((m, sentence) for m, text in texts for sentence in sentences(text))[:SENTENCES_MAX]
