"""When the search store is down or has lost its index: words of the newest videos, from where findings are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cinedex.kernel.errors import Unavailable
from cinedex.search.domain.index.segment_document import QueryVector, SegmentDocument, SegmentFilter, SignalHits
from cinedex.search.domain.ranking.lexical import asked_stems, word_hit
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.search.usecases.retrieval.scan_segments import ScanSegments


@dataclass(frozen=True)
class FallbackIndex:
    """`SegmentIndex`, of which `search` and `documents` survive their store, and the loss of what was in it.

    Literal search does in `LiteralSearch`, because here it could not say that it is not all.
    """

    index: SegmentIndex
    stored: ScanSegments

    def replace_video(self, account_id: str, video_id: str, documents: Sequence[SegmentDocument]) -> None:
        self.index.replace_video(account_id, video_id, documents)

    def delete_video(self, account_id: str, video_id: str) -> None:
        self.index.delete_video(account_id, video_id)

    def search(self, words: str, vector: QueryVector | None, within: SegmentFilter, limit: int) -> SignalHits:
        try:
            hits = self.index.search(words, vector, within, limit)
            if hits.words or hits.vectors or not is_lost(self.index, self.stored, within):
                return hits
        except Unavailable:
            pass
        return self._stored_hits(words, within, limit)

    def search_literal(self, text: str, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        return self.index.search_literal(text, within, limit)

    def documents(self, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        """Of the newest videos only, where the store does not answer and `within` names many."""
        try:
            found = self.index.documents(within, limit)
            if found or not is_lost(self.index, self.stored, within):
                return found
        except Unavailable:
            pass
        return in_order(d for d in self.stored(within) if any(m in d.texts for m in within.modalities))[:limit]

    def _stored_hits(self, words: str, within: SegmentFilter, limit: int) -> SignalHits:
        asked = asked_stems(words)
        hits = (word_hit(document, asked, within.modalities) for document in self.stored(within))
        found = sorted((h for h in hits if h), key=lambda h: -h.score)
        return SignalHits(words=tuple(found[:limit]), degraded=True)


def is_lost(index: SegmentIndex, stored: ScanSegments, within: SegmentFilter) -> bool:
    """Whether the index has nothing at all of these videos, although texts of them are stored.

    For who has found nothing, before they say so: it costs one more question, and none of the stored findings
    are read unless the index is empty. Raises `Unavailable` as the index does.
    """
    pool = SegmentFilter(account_id=within.account_id, video_ids=within.video_ids)  # an empty part is no lost index
    return not index.documents(pool, 1) and any(document.texts for document in stored(pool))


def in_order(documents: Iterable[SegmentDocument]) -> list[SegmentDocument]:
    """By video and time, as a store lists them."""
    return sorted(documents, key=lambda d: (d.video_id, d.segment_index))
