"""Which videos a question may look into."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict

from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.number_range import NumberRange
from cinedex.kernel.span import Span
from cinedex.library.domain.feature import Feature, FeatureStatus
from cinedex.library.domain.user_metadata import Wanted
from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import VideoRepository
from cinedex.search.domain.index.segment_document import WHOLE_VIDEO


class SearchFilter(BaseModel):
    """What a caller narrows a question to; None leaves a side open, all given sides must hold.

    Wall-clock times need the recording's start (`Video.recorded_at`): a video without one is outside
    every wall-clock range. `timestamp_*` are seconds inside each video. `languages` are ISO 639-1 codes of
    what is spoken; all `features` must be ready.
    """

    model_config = ConfigDict(frozen=True)

    video_ids: tuple[str, ...] | None = None
    collection_ids: tuple[str, ...] | None = None
    duration_s: NumberRange = NumberRange()
    width: NumberRange = NumberRange()
    height: NumberRange = NumberRange()
    datetime_from: AwareDatetime | None = None
    datetime_to: AwareDatetime | None = None
    timestamp_from: float | None = None
    timestamp_to: float | None = None
    languages: tuple[str, ...] | None = None
    features: tuple[Feature, ...] = ()
    metadata: Wanted = Wanted()

    @property
    def within(self) -> Span | None:
        """Raises `InvalidInput` when the range is negative or ends before it starts."""
        if self.timestamp_from is None and self.timestamp_to is None:
            return None
        start_s = self.timestamp_from or 0.0
        end_s = max(start_s, WHOLE_VIDEO.end_s) if self.timestamp_to is None else self.timestamp_to
        if start_s < 0:
            raise InvalidInput("timestamp_from must not be negative.", field="timestamp_from")
        if end_s < start_s:
            raise InvalidInput("timestamp_to must not be before timestamp_from.", field="timestamp_to")
        return Span(start_s=start_s, end_s=end_s)

    def require_order(self) -> None:
        """Raises `InvalidInput` when the wall-clock range ends before it starts."""
        if self.datetime_from and self.datetime_to and self.datetime_to < self.datetime_from:
            raise InvalidInput("datetime_to must not be before datetime_from.", field="datetime_to")


@dataclass(frozen=True)
class SearchScope:
    """The videos a question looks into, by id, and the part of each where it is not the whole."""

    videos: dict[str, Video]
    windows: dict[str, Span] = field(default_factory=dict)

    @property
    def total_duration_s(self) -> float:
        return sum(video.whole.length_s for video in self.videos.values())


@dataclass(frozen=True)
class ResolveScope:
    """Ids that are unknown, or another account's, are simply not in the pool."""

    videos: VideoRepository

    def __call__(self, account_id: str, scope: SearchFilter, needs_any: tuple[Feature, ...]) -> SearchScope:
        """Videos in scope of which at least one of the features `needs_any` is ready. Raises `InvalidInput`."""
        scope.require_order()
        chosen = [v for v in self._named(account_id, scope) if _has_any(v, needs_any) and _fits(v, scope)]
        if scope.datetime_from is None and scope.datetime_to is None:
            return SearchScope({video.video_id: video for video in chosen})
        windows = {video.video_id: window for video in chosen if (window := _recorded_in(video, scope))}
        return SearchScope({v.video_id: v for v in chosen if v.video_id in windows}, windows)

    def _named(self, account_id: str, scope: SearchFilter) -> Iterable[Video]:
        if scope.video_ids is None:
            return self.videos.list(account_id)
        return self.videos.get_many(account_id, tuple(dict.fromkeys(scope.video_ids)))


def _has_any(video: Video, features: tuple[Feature, ...]) -> bool:
    return any(video.feature(feature).status is FeatureStatus.READY for feature in features)


def _fits(video: Video, scope: SearchFilter) -> bool:
    measured: tuple[tuple[NumberRange, Callable[[], float | None]], ...] = (
        (scope.duration_s, lambda: video.whole.length_s),
        (scope.width, lambda: video.probe.width if video.probe else None),
        (scope.height, lambda: video.probe.height if video.probe else None),
    )
    return _belongs(video, scope) and all(wanted.holds(value()) for wanted, value in measured)


def _belongs(video: Video, scope: SearchFilter) -> bool:
    """What is said of it, by people and by what was found in it."""
    return (
        (scope.collection_ids is None or video.collection_id in scope.collection_ids)
        and (scope.languages is None or video.language in scope.languages)
        and all(video.feature(feature).status is FeatureStatus.READY for feature in scope.features)
        and scope.metadata.holds(video.user_metadata)
    )


def _recorded_in(video: Video, scope: SearchFilter) -> Span | None:
    """The part of the video recorded between the two times; None when there is none."""
    if video.recorded_at is None:
        return None
    start_s = max(0.0, _seconds_after(video.recorded_at, scope.datetime_from, 0.0))
    end_s = min(video.whole.end_s, _seconds_after(video.recorded_at, scope.datetime_to, WHOLE_VIDEO.end_s))
    return Span(start_s=start_s, end_s=end_s) if start_s <= end_s else None


def _seconds_after(recorded_at: datetime, moment: datetime | None, otherwise_s: float) -> float:
    if moment is None:
        return otherwise_s
    start = recorded_at if recorded_at.tzinfo else recorded_at.replace(tzinfo=UTC)
    return (moment - start).total_seconds()
