"""Segments of the newest videos, built from the stored results without a search store."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from cinedex.kernel.errors import NotFound
from cinedex.library.domain.list_query import VideoQuery
from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import VideoRepository
from cinedex.search.domain.index.indexed_video import IndexedVideo
from cinedex.search.domain.index.segment_document import SegmentDocument, SegmentFilter
from cinedex.search.usecases.indexing.assemble_documents import AssembleDocuments

VIDEOS_MAX = 25
READ_MAX = 100
SECONDS_MAX = 4.0


@dataclass(frozen=True)
class ScanSegments:
    """Reads the segments of at most `VIDEOS_MAX` videos within `seconds_max`; callers mark the result as degraded."""

    videos: VideoRepository
    assemble_documents: AssembleDocuments
    seconds_max: float = SECONDS_MAX

    def __call__(self, within: SegmentFilter) -> Iterator[SegmentDocument]:
        """Without vectors. The newest videos come first."""
        deadline = time.monotonic() + self.seconds_max
        for video in self.newest(within):
            if time.monotonic() > deadline:
                return
            indexed = IndexedVideo.of(video)
            try:
                yield from (d for d in self.assemble_documents(video) if within.admits(d, indexed))
            except NotFound:  # the video was deleted in the meantime
                continue

    def newest(self, within: SegmentFilter) -> list[Video]:
        """The newest videos that the filter admits, of the `READ_MAX` newest. Ids sort by creation time."""
        read = self._named(within.account_id, within.video_ids) if within.video_ids else self._newest(within)
        admitted = (v for v in read if within.of_whole_videos.part_of(IndexedVideo.of(v)) is not None)
        return list(islice(admitted, VIDEOS_MAX))

    def _newest(self, within: SegmentFilter) -> Iterator[Video]:
        yield from () if within.is_empty else self.videos.page(within.account_id, VideoQuery(), READ_MAX).items

    def _named(self, account_id: str, video_ids: Sequence[str]) -> Iterator[Video]:
        newest = sorted(set(video_ids), reverse=True)[:READ_MAX]
        for start in range(0, len(newest), VIDEOS_MAX):
            yield from self.videos.get_many(account_id, newest[start : start + VIDEOS_MAX])
