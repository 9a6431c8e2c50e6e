"""The search store: one implementation is as good as another, and none of them ranks across signals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cinedex.search.domain.index.segment_document import QueryVector, SegmentDocument, SegmentFilter, SignalHits


class SegmentIndex(Protocol):
    """Every method raises `Unavailable` when the store cannot be reached.

    Documents that a search returns have their texts but no vectors. Order of video and time means
    by `video_id`, then by `segment_index`.
    """

    def replace_video(self, account_id: str, video_id: str, documents: Sequence[SegmentDocument]) -> None:
        """All documents of a video at once, or none; documents that are no longer given disappear."""

    def delete_video(self, account_id: str, video_id: str) -> None:
        """No error when it is not there."""

    def search(self, words: str, vector: QueryVector | None, within: SegmentFilter, limit: int) -> SignalHits:
        """The best `limit` documents of each signal, in one round trip.

        `words` are plain words of a person: any of them may match, inflected too, and no operator in
        them has a meaning. Only texts and vectors of `within.modalities` count. No vector, no vector hits.
        """

    def search_literal(self, text: str, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        """Documents with a text that contains `text`, ignoring case, in order of video and time."""

    def documents(self, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        """Documents that have a text of `within.modalities`, in order of video and time."""
