"""Segments of the newest videos, read from where their findings are kept: what there is without a search store."""

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
    """At most `VIDEOS_MAX` videos, in `seconds_max` at most: better some of it, and said so, than nothing."""

    videos: VideoRepository
    gather: AssembleDocuments
    seconds_max: float = SECONDS_MAX

    def __call__(self, within: SegmentFilter) -> Iterator[SegmentDocument]:
        """Without vectors. A new id sorts after an older one, so the newest videos come first."""
        until = time.monotonic() + self.seconds_max
        newest = sorted(within.video_ids, reverse=True)[:VIDEOS_MAX]
        for video in self.videos.get_many(within.account_id, newest):
            if time.monotonic() > until:
                return
            try:
                yield from (d for d in self.gather(video) if within.admits(d))
            except NotFound:  # deleted at this moment
                continue
