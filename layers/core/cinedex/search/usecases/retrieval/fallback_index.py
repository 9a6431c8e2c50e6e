"""Lexical search over the newest videos, read from the stored results, when the search store is down or empty."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from cinedex.kernel.errors import Unavailable
from cinedex.kernel.log_fields import log_fields
from cinedex.kernel.text.folding import fold
from cinedex.kernel.text.tokens import stems_of_word, surfaces
from cinedex.search.domain.index.indexed_video import IndexedVideo, VideoCount, VideoPage
from cinedex.search.domain.index.segment_document import (
    QueryVector,
    SegmentDocument,
    SegmentFilter,
    SignalHits,
    sort_by_time,
)
from cinedex.search.domain.ranking.lexical import word_hit
from cinedex.search.ports.segment_index import SegmentIndex
from cinedex.search.usecases.retrieval.scan_segments import ScanSegments

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class FallbackIndex:
    """A `SegmentIndex` whose `search` and `documents` still work when its store is down or has lost its content.

    Literal search has its own fallback in `LiteralSearch`: the return type here cannot say that a result is partial.
    """

    index: SegmentIndex
    scan_segments: ScanSegments

    def replace_video(
        self, account_id: str, video_id: str, documents: Sequence[SegmentDocument], video: IndexedVideo | None = None
    ) -> None:
        self.index.replace_video(account_id, video_id, documents, video)

    def set_fields(self, video: IndexedVideo) -> bool:
        return self.index.set_fields(video)

    def delete_video(self, account_id: str, video_id: str) -> None:
        self.index.delete_video(account_id, video_id)

    def search(self, words: str, vector: QueryVector | None, within: SegmentFilter, limit: int) -> SignalHits:
        try:
            hits = self.index.search(words, vector, within, limit)
            if hits.words or hits.vectors or not is_lost(self.index, self.scan_segments, within):
                return hits
            logger.warning("the search index is empty, search scans the stored results")
        except Unavailable as error:
            logger.warning("the search store failed, search scans the stored results", extra=log_fields(error))
        return self._stored_hits(words, within, limit)

    def search_literal(self, text: str, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        return self.index.search_literal(text, within, limit)

    def documents(self, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        """While the store is down, covers only the newest of the videos in `within`."""
        try:
            documents = self.index.documents(within, limit)
            if documents or not is_lost(self.index, self.scan_segments, within):
                return documents
            logger.warning("the search index is empty, documents are read from the stored results")
        except Unavailable as error:
            logger.warning(
                "the search store failed, documents are read from the stored results", extra=log_fields(error)
            )
        stored = (d for d in self.scan_segments(within) if any(m in d.texts for m in within.modalities))
        return sort_by_time(stored)[:limit]

    def count(self, within: SegmentFilter) -> VideoCount:
        """While the store is down, of the videos that it falls back to."""
        try:
            count = self.index.count(within)
            if count.videos:
                return count
        except Unavailable as error:
            logger.warning("the search store failed, the newest videos are counted", extra=log_fields(error))
        videos = self.scan_segments.newest(within)
        return VideoCount(videos=len(videos), duration_s=sum(video.whole.length_s for video in videos))

    def newest(self, within: SegmentFilter, name_part: str, limit: int) -> VideoPage:
        try:
            page = self.index.newest(within, name_part, limit)
            if page.total:
                return page
        except Unavailable as error:
            logger.warning("the search store failed, the newest videos are listed", extra=log_fields(error))
        found = [v.video_id for v in self.scan_segments.newest(within) if name_part in fold(v.display_name)]
        return VideoPage(video_ids=tuple(found[:limit]), total=len(found))

    def unknown_videos(self, limit: int) -> Sequence[tuple[str, str]]:
        return self.index.unknown_videos(limit)

    def _stored_hits(self, words: str, within: SegmentFilter, limit: int) -> SignalHits:
        written = surfaces(words).items()
        by_language = cache(lambda codes: frozenset().union(*(stems_of_word(s, word, codes) for word, s in written)))
        documents = self.scan_segments(within)
        hits = (word_hit(d, by_language(d.all_languages), within.modalities) for d in documents)
        best = sorted((h for h in hits if h), key=lambda h: -h.score)
        return SignalHits(words=tuple(best[:limit]), degraded=True)


def is_lost(index: SegmentIndex, scan_segments: ScanSegments, within: SegmentFilter) -> bool:
    """Whether the index has no documents of these videos although texts of them are stored.

    Called after a search without results. It costs one more request to the index; stored results are read only when
    the index is empty. Raises `Unavailable` as the index does.
    """
    whole = within.of_whole_videos  # an empty part is not a lost index
    return not index.documents(whole, 1) and any(document.texts for document in scan_segments(whole))
