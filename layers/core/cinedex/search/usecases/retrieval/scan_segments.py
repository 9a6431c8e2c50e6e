"""Segments of the newest videos, built from the stored results without a search store."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from cinedex.kernel.errors import NotFound
from cinedex.library.ports.repositories import VideoRepository
from cinedex.search.domain.index.segment_document import SegmentDocument, SegmentFilter
from cinedex.search.usecases.indexing.assemble_documents import AssembleDocuments

VIDEOS_MAX = 25
SECONDS_MAX = 4.0


@dataclass(frozen=True)
class ScanSegments:
    """Reads at most `VIDEOS_MAX` videos within `seconds_max`; callers mark the result as degraded."""

    videos: VideoRepository
    assemble_documents: AssembleDocuments
    seconds_max: float = SECONDS_MAX

    def __call__(self, within: SegmentFilter) -> Iterator[SegmentDocument]:
        """Without vectors. Ids sort by creation time, so the newest videos come first."""
        deadline = time.monotonic() + self.seconds_max
        newest = sorted(within.video_ids, reverse=True)[:VIDEOS_MAX]
        for video in self.videos.get_many(within.account_id, newest):
            if time.monotonic() > deadline:
                return
            try:
                yield from (d for d in self.assemble_documents(video) if within.admits(d))
            except NotFound:  # the video was deleted in the meantime
                continue
