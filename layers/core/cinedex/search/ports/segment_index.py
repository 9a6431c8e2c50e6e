"""The port for the search store. It returns candidates of each signal; ranking is done by `domain.ranking`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cinedex.search.domain.index.indexed_video import IndexedVideo, VideoCount, VideoPage
from cinedex.search.domain.index.segment_document import QueryVector, SegmentDocument, SegmentFilter, SignalHits


class SegmentIndex(Protocol):
    """Every method raises `Unavailable` when the store cannot be reached.

    Returned documents have their texts but no vectors. Order of video and time means by `video_id`, then by
    `segment_index`.
    """

    def replace_video(
        self, account_id: str, video_id: str, documents: Sequence[SegmentDocument], video: IndexedVideo | None = None
    ) -> None:
        """Replaces all documents of a video, including those that are not in `documents` any more.

        `video` has the fields that searches filter by. The stored fields stay when they have a higher version. Without
        `video`, every filter except account and ids admits the documents.
        """

    def set_fields(self, video: IndexedVideo) -> bool:
        """Changes the fields of an indexed video, unless the stored ones have a higher version.

        True when it is done, also for a video that is not in the index. False when this store needs the documents
        again (`replace_video`).
        """

    def delete_video(self, account_id: str, video_id: str) -> None:
        """No error when the video is not in the index."""

    def search(self, words: str, vector: QueryVector | None, within: SegmentFilter, limit: int) -> SignalHits:
        """The best `limit` documents of each signal, in one round trip.

        Any of `words` may match, inflected or not; no operator in them is interpreted. Only texts and vectors of
        `within.modalities` are compared. Without a vector there are no vector hits.
        """

    def search_literal(self, text: str, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        """Documents with a text that contains `text`, ignoring case, in order of video and time."""

    def documents(self, within: SegmentFilter, limit: int) -> Sequence[SegmentDocument]:
        """Documents that have a text of `within.modalities`, in order of video and time."""

    def count(self, within: SegmentFilter) -> VideoCount:
        """The videos that the filter admits, whichever part of them."""

    def newest(self, within: SegmentFilter, name_part: str, limit: int) -> VideoPage:
        """The admitted videos whose name contains `name_part`, which is folded; newest first."""

    def unknown_videos(self, limit: int) -> Sequence[tuple[str, str]]:
        """Account and id of videos whose fields are not known, because an earlier version wrote them."""
