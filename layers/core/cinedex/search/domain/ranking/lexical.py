"""Lexical matching without an index: finds the words of a query in documents that are in memory."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.search.domain.index.segment_document import SegmentDocument, WordHit
from cinedex.timeline.modality import Modality


def word_hit(document: SegmentDocument, query_stems: frozenset[str], modalities: Sequence[Modality]) -> WordHit | None:
    """ScoredSegment by the number of matched stems, which is enough to propose candidates. None without a match."""
    matched = frozenset().union(*map(document.stems_of, modalities)) & query_stems
    return WordHit(document=document.model_copy(update={"vectors": ()}), score=len(matched)) if matched else None
