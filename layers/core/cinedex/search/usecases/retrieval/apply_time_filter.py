"""The part of each video in which the time words of a query let it be looked for."""

from __future__ import annotations

from cinedex.search.domain.query.parsed_query import ParsedQuery
from cinedex.search.usecases.querying.resolve_scope import SearchScope


def apply_time_filter(pool: SearchScope, reading: ParsedQuery) -> SearchScope:
    """Videos of which the time words leave nothing are out; what was narrowed before stays narrow."""
    if not reading.ranges:
        return pool
    windows = {}
    for video_id, video in pool.videos.items():
        asked, before = reading.part_of(video.whole), pool.windows.get(video_id, video.whole)
        if asked is not None and asked.overlaps(before):
            windows[video_id] = asked.clipped_to(before)
    return SearchScope({video_id: pool.videos[video_id] for video_id in windows}, windows)
