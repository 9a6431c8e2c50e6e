"""Restrict a search scope to the part of each video that the time expressions of the query name."""

from __future__ import annotations

from cinedex.search.domain.query.parsed_query import ParsedQuery
from cinedex.search.domain.query.search_scope import SearchScope


def apply_time_filter(scope: SearchScope, parsed: ParsedQuery) -> SearchScope:
    """Drops videos of which the expressions leave nothing; existing windows are intersected."""
    if not parsed.ranges:
        return scope
    windows = {}
    for video_id, video in scope.videos.items():
        span, window = parsed.span_in(video.whole), scope.windows.get(video_id, video.whole)
        if span is not None and span.overlaps(window):
            windows[video_id] = span.clipped_to(window)
    return SearchScope({video_id: scope.videos[video_id] for video_id in windows}, windows)
