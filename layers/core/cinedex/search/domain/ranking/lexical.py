"""Words in documents, compared without an index: what a store does, plainly."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.kernel.text.tokens import stem, stems, words
from cinedex.search.domain.index.segment_document import SegmentDocument, WordHit
from cinedex.timeline.modality import Modality


def asked_stems(asked: str) -> frozenset[str]:
    return frozenset(map(stem, words(asked)))


def word_hit(document: SegmentDocument, asked: frozenset[str], modalities: Sequence[Modality]) -> WordHit | None:
    """Scored by how many of the words it holds: enough to propose candidates. None when it holds none."""
    held = frozenset().union(*(stems(document.texts.get(m, "")) for m in modalities)) & asked
    return WordHit(document=document.model_copy(update={"vectors": ()}), score=len(held)) if held else None
