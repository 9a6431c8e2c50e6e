"""Segments whose texts contain a literal text, as a text editor finds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.kernel.errors import Unavailable
from cinedex.search.domain.index.segment_document import SegmentDocument, SegmentFilter
from cinedex.search.domain.ranking.fusion import Scored
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.search.usecases.retrieval.fallback_index import in_order, is_lost
from cinedex.search.usecases.retrieval.scan_segments import ScanSegments
from cinedex.timeline.modality import Modality

LITERAL_MAX = 5_000


@dataclass(frozen=True)
class LiteralSearch:
    """When the store is down or has lost its index, the newest videos are read; without `stored`, nobody answers."""

    index: SegmentIndex
    stored: ScanSegments | None = None

    def __call__(self, literal: str, within: SegmentFilter) -> tuple[tuple[Scored, ...], bool]:
        """In order of video and time, each certain, and whether it is degraded: not all, that is.

        Only texts of `within.modalities` count.
        """
        try:
            found = self.index.search_literal(literal, within, LITERAL_MAX)
            if found or self.stored is None or not is_lost(self.index, self.stored, within):
                return _certain(literal, found, within.modalities), False
        except Unavailable:
            if self.stored is None:
                raise
        held = in_order(d for d in self.stored(within) if _holding(literal, d, within.modalities))
        return _certain(literal, held[:LITERAL_MAX], within.modalities), True


def _certain(literal: str, documents: Sequence[SegmentDocument], modalities: Sequence[Modality]) -> tuple[Scored, ...]:
    held = ((document, _holding(literal, document, modalities)) for document in documents)
    return tuple(Scored(document=d, score=1.0, matched=m, coverages=dict.fromkeys(m, 1.0)) for d, m in held)


def _holding(literal: str, document: SegmentDocument, modalities: Sequence[Modality]) -> tuple[Modality, ...]:
    lowered = literal.lower()
    return tuple(m for m in modalities if lowered in document.texts.get(m, "").lower())
