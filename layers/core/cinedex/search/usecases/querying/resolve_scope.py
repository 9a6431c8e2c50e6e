"""Resolve a search filter to the videos of the account that it admits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from cinedex.kernel.number_range import NumberRange
from cinedex.kernel.span import Span
from cinedex.library.domain.feature import Feature, FeatureStatus
from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import VideoRepository
from cinedex.search.domain.index.segment_document import WHOLE_VIDEO
from cinedex.search.domain.query.search_scope import SearchFilter, SearchScope


@dataclass(frozen=True)
class ResolveScope:
    """Unknown ids, and ids of other accounts, are ignored."""

    videos: VideoRepository

    def __call__(self, account_id: str, requested: SearchFilter, any_of: tuple[Feature, ...]) -> SearchScope:
        """Videos that pass the filter and have at least one of the features `any_of` ready. Raises `InvalidInput`."""
        requested.require_order()
        listed = self._listed(account_id, requested)
        admitted = [v for v in listed if _has_any(v, any_of) and _is_admitted(v, requested)]
        if requested.datetime_from is None and requested.datetime_to is None:
            return SearchScope({video.video_id: video for video in admitted})
        windows = {v.video_id: window for v in admitted if (window := _recorded_window(v, requested))}
        return SearchScope({v.video_id: v for v in admitted if v.video_id in windows}, windows)

    def _listed(self, account_id: str, requested: SearchFilter) -> Iterable[Video]:
        if requested.video_ids is None:
            return self.videos.list(account_id)
        return self.videos.get_many(account_id, tuple(dict.fromkeys(requested.video_ids)))


def _has_any(video: Video, features: tuple[Feature, ...]) -> bool:
    return any(video.feature(feature).status is FeatureStatus.READY for feature in features)


def _is_admitted(video: Video, requested: SearchFilter) -> bool:
    ranges: tuple[tuple[NumberRange, Callable[[], float | None]], ...] = (
        (requested.duration_s, lambda: video.whole.length_s),
        (requested.width, lambda: video.probe.width if video.probe else None),
        (requested.height, lambda: video.probe.height if video.probe else None),
    )
    return _has_properties(video, requested) and all(allowed.holds(value()) for allowed, value in ranges)


def _has_properties(video: Video, requested: SearchFilter) -> bool:
    return (
        (requested.collection_ids is None or video.collection_id in requested.collection_ids)
        and (requested.languages is None or any(code in requested.languages for code in video.spoken_languages))
        and all(video.feature(feature).status is FeatureStatus.READY for feature in requested.features)
        and requested.metadata.holds(video.user_metadata)
    )


def _recorded_window(video: Video, requested: SearchFilter) -> Span | None:
    """The part of the video that was recorded between the two times; None when there is none."""
    if video.recorded_at is None:
        return None
    start_s = max(0.0, _seconds_after(video.recorded_at, requested.datetime_from, 0.0))
    end_s = min(video.whole.end_s, _seconds_after(video.recorded_at, requested.datetime_to, WHOLE_VIDEO.end_s))
    return Span(start_s=start_s, end_s=end_s) if start_s <= end_s else None


def _seconds_after(recorded_at: datetime, moment: datetime | None, default_s: float) -> float:
    if moment is None:
        return default_s
    start = recorded_at if recorded_at.tzinfo else recorded_at.replace(tzinfo=UTC)
    return (moment - start).total_seconds()
