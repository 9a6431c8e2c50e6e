"""The segment index of a deployment without a search store: writes are ignored and searches are refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from cinedex.kernel.errors import Unavailable
from cinedex.search.domain.index.indexed_video import IndexedVideo, VideoCount, VideoPage
from cinedex.search.domain.index.segment_document import QueryVector, SegmentDocument, SegmentFilter, SignalHits

NO_SEARCH_STORE = "This deployment has no search store."


class UnavailableSegmentIndex:
    """A `SegmentIndex`. Writes succeed, so that everything except search works."""

    def replace_video(
        self, account_id: str, video_id: str, documents: Sequence[SegmentDocument], video: IndexedVideo | None = None
    ) -> None:
        """Ignored: the documents can be assembled again when a store is added."""

    def set_fields(self, video: IndexedVideo) -> bool:
        return True

    def delete_video(self, account_id: str, video_id: str) -> None:
        """Ignored: nothing is stored."""

    def search(self, words: str, vector: QueryVector | None, within: SegmentFilter, limit: int) -> SignalHits:
        _refuse()

    def search_literal(self, text: str, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        _refuse()

    def documents(self, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        _refuse()

    def count(self, within: SegmentFilter) -> VideoCount:
        _refuse()

    def newest(self, within: SegmentFilter, name_part: str, limit: int) -> VideoPage:
        _refuse()

    def unknown_videos(self, limit: int) -> Sequence[tuple[str, str]]:
        return ()


def _refuse() -> NoReturn:
    raise Unavailable(NO_SEARCH_STORE)
