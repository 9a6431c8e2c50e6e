"""When the search store is down: words of the newest videos, read from where their findings are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.domain.errors import Unavailable
from cinedex.domain.lexical import asked_stems, word_hit
from cinedex.domain.moment import MomentFilter, QueryVector, SegmentDocument, SignalHits
from cinedex.ports.moment_index import MomentIndex
from cinedex.usecases.read_stored_segments import ReadStoredSegments


@dataclass(frozen=True)
class SurvivingIndex:
    """`MomentIndex`, of which `search` and `documents` survive their store.

    Literal search does in `FindLiteral`, because here it could not say that it is not all.
    """

    index: MomentIndex
    stored: ReadStoredSegments

    def replace_video(self, account_id: str, video_id: str, documents: Sequence[SegmentDocument]) -> None:
        self.index.replace_video(account_id, video_id, documents)

    def delete_video(self, account_id: str, video_id: str) -> None:
        self.index.delete_video(account_id, video_id)

    def search(self, words: str, vector: QueryVector | None, within: MomentFilter, limit: int) -> SignalHits:
        try:
            return self.index.search(words, vector, within, limit)
        except Unavailable:
            asked = asked_stems(words)
            hits = (word_hit(document, asked, within.modalities) for document in self.stored(within))
            found = sorted((h for h in hits if h), key=lambda h: -h.score)
            return SignalHits(words=tuple(found[:limit]), degraded=True)

    def search_literal(self, text: str, within: MomentFilter, limit: int) -> Sequence[SegmentDocument]:
        return self.index.search_literal(text, within, limit)

    def documents(self, within: MomentFilter, limit: int) -> Sequence[SegmentDocument]:
        """Of the newest videos only, where the store is down and `within` names many."""
        try:
            return self.index.documents(within, limit)
        except Unavailable:
            found = [d for d in self.stored(within) if any(m in d.texts for m in within.modalities)]
            return in_order(found)[:limit]


def in_order(documents: Sequence[SegmentDocument]) -> list[SegmentDocument]:
    """By video and time, as a store lists them."""
    return sorted(documents, key=lambda d: (d.video_id, d.segment_index))
