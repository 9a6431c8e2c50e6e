"""The part of each video in which the time words of a query let it be looked for."""

from __future__ import annotations

from cinedex.domain.query_reading import QueryReading
from cinedex.usecases.resolve_pool import Pool


def narrow_pool(pool: Pool, reading: QueryReading) -> Pool:
    """Videos of which the time words leave nothing are out; what was narrowed before stays narrow."""
    if not reading.ranges:
        return pool
    windows = {}
    for video_id, video in pool.videos.items():
        asked, before = reading.part_of(video.whole), pool.windows.get(video_id, video.whole)
        if asked is not None and asked.overlaps(before):
            windows[video_id] = asked.clipped_to(before)
    return Pool({video_id: pool.videos[video_id] for video_id in windows}, windows)
