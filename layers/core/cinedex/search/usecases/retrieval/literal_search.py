"""Segments whose texts contain a literal text, like the search of a text editor."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.kernel.errors import Unavailable
from cinedex.kernel.log_fields import log_fields
from cinedex.kernel.text.folding import fold
from cinedex.search.domain.index.segment_document import SegmentDocument, SegmentFilter, sort_by_time
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.search.usecases.retrieval.fallback_index import is_lost
from cinedex.search.usecases.retrieval.retrieve_segments import Retrieved
from cinedex.search.usecases.retrieval.scan_segments import ScanSegments
from cinedex.timeline.modality import Modality

logger = logging.getLogger(__name__)

LITERAL_MAX = 5_000


@dataclass(frozen=True)
class LiteralSearch:
    """Reads the newest videos when the store is down or has lost its content; not without `scan_segments`."""

    index: SegmentIndex
    scan_segments: ScanSegments | None = None

    def __call__(self, literal: str, within: SegmentFilter) -> Retrieved:
        """In order of video and time, each with score 1; degraded when only the newest videos were read.

        Only texts of `within.modalities` are searched.
        """
        try:
            documents = self.index.search_literal(literal, within, LITERAL_MAX)
            if documents or self.scan_segments is None or not is_lost(self.index, self.scan_segments, within):
                return Retrieved(_exact_matches(literal, documents, within.modalities))
            logger.warning("the search index is empty, literal search scans the stored results")
        except Unavailable as error:
            if self.scan_segments is None:
                raise
            logger.warning("the search store failed, literal search scans the stored results", extra=log_fields(error))
        matching = sort_by_time(d for d in self.scan_segments(within) if _matched(literal, d, within.modalities))
        return Retrieved(_exact_matches(literal, matching[:LITERAL_MAX], within.modalities), degraded=True)


def _exact_matches(
    literal: str, documents: Sequence[SegmentDocument], modalities: Sequence[Modality]
) -> tuple[ScoredSegment, ...]:
    matches = ((document, _matched(literal, document, modalities)) for document in documents)
    return tuple(ScoredSegment(document=d, score=1.0, matched=m, coverages=dict.fromkeys(m, 1.0)) for d, m in matches)


def _matched(literal: str, document: SegmentDocument, modalities: Sequence[Modality]) -> tuple[Modality, ...]:
    folded = fold(literal)
    return tuple(m for m in modalities if folded in fold(document.texts.get(m, "")))
