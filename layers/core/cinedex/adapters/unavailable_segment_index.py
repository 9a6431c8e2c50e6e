"""A deployment without a search store: nothing is indexed, and whoever searches is told so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from cinedex.kernel.errors import Unavailable
from cinedex.search.domain.index.segment_document import QueryVector, SegmentDocument, SegmentFilter, SignalHits


class UnavailableSegmentIndex:
    """`SegmentIndex`; writing succeeds, so that everything but search works."""

    def replace_video(self, account_id: str, video_id: str, documents: Sequence[SegmentDocument]) -> None:
        """Nothing to keep: documents can be gathered again when a store is added."""

    def delete_video(self, account_id: str, video_id: str) -> None:
        """Nothing was kept."""

    def search(self, words: str, vector: QueryVector | None, within: SegmentFilter, limit: int) -> SignalHits:
        _refuse()

    def search_literal(self, text: str, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        _refuse()

    def documents(self, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        _refuse()


def _refuse() -> NoReturn:
    raise Unavailable("Search is unavailable: this deployment has no search store.")
