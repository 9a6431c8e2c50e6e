"""Look closer at the best moments: compare the query with their sentences, not with whole segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.domain.errors import Unavailable
from cinedex.domain.fusion import Scored
from cinedex.domain.highlight import sentences
from cinedex.domain.query import Query
from cinedex.domain.similarity import cosine
from cinedex.ports.text_embedder import TextEmbedder

MOMENTS_MAX = 20
SENTENCES_MAX = 6


@dataclass(frozen=True)
class SharpenRanking:
    """A segment of 20 seconds says several things, and its vector is their mean.

    The first `MOMENTS_MAX` get the cosine of their best sentence where it is higher; the rest stay behind
    as they are. Nothing changes when the text model is down.
    """

    embedder: TextEmbedder

    def __call__(self, query: Query, scored: Sequence[Scored]) -> tuple[Scored, ...]:
        said = [(s, text) for s in scored[:MOMENTS_MAX] for text in _sentences(s)]
        try:
            query_vector, *vectors = self.embedder.embed([query.text, *(text for _, text in said)]).vectors
        except Unavailable:
            return tuple(scored)
        best: dict[str, float] = {}
        for (s, _), vector in zip(said, vectors, strict=True):
            key = s.document.document_id
            best[key] = max(best.get(key, s.cosine), cosine(query_vector, vector))
        sharpened = (s.with_cosine(best.get(s.document.document_id, s.cosine)) for s in scored)
        return tuple(sorted(sharpened, key=lambda s: s.order))


def _sentences(scored: Scored) -> tuple[str, ...]:
    texts = (text for text in scored.document.texts.values())
    return tuple(sentence for text in texts for sentence in sentences(text))[:SENTENCES_MAX]
