"""Which part of a library a search covers: the filter that a caller gives, and the scope that the index applies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pydantic import AwareDatetime, BaseModel, ConfigDict

from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.number_range import NumberRange
from cinedex.kernel.span import Span
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.user_metadata import MetadataFilter
from cinedex.library.domain.video import Video
from cinedex.search.domain.index.indexed_video import IndexedVideo, VideoConditions
from cinedex.search.domain.index.segment_document import WHOLE_VIDEO, SegmentFilter
from cinedex.search.domain.index.time_range import TimeRange
from cinedex.timeline.modality import Modality


class SearchFilter(BaseModel):
    """All given conditions must hold; None is no condition.

    Wall-clock times need the start of the recording (`Video.recorded_at`): a video without one is outside every
    wall-clock range. `timestamp_*` are seconds inside each video. `languages` are ISO 639-1 codes of the spoken
    language; all `features` must be ready.
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
    metadata: MetadataFilter = MetadataFilter()

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

    def of_videos(self, any_of: tuple[Feature, ...]) -> VideoConditions:
        return VideoConditions(
            collection_ids=self.collection_ids,
            duration_s=self.duration_s,
            width=self.width,
            height=self.height,
            languages=self.languages,
            features=self.features,
            any_of=any_of,
            metadata=self.metadata,
            recorded_from_s=None if self.datetime_from is None else self.datetime_from.timestamp(),
            recorded_to_s=None if self.datetime_to is None else self.datetime_to.timestamp(),
        )

    def require_order(self) -> None:
        """Raises `InvalidInput` when the wall-clock range ends before it starts."""
        if self.datetime_from and self.datetime_to and self.datetime_to < self.datetime_from:
            raise InvalidInput("datetime_to must not be before datetime_from.", field="datetime_to")


@dataclass(frozen=True)
class SearchScope:
    """The part of a library that a search covers.

    At least one of the features `any_of` must be ready. `windows` are the parts of some videos, `ranges` the time
    expressions of the query. `excluded_ids` are videos that an index still has although they are not in the scope.
    """

    account_id: str
    requested: SearchFilter = field(default_factory=SearchFilter)
    any_of: tuple[Feature, ...] = ()
    windows: Mapping[str, Span] = field(default_factory=dict)
    ranges: tuple[TimeRange, ...] = ()
    excluded_ids: tuple[str, ...] = ()

    def segments(self, modalities: tuple[Modality, ...] = tuple(Modality)) -> SegmentFilter:
        """The filter for the index. Raises `InvalidInput`."""
        self.requested.require_order()
        return SegmentFilter(
            account_id=self.account_id,
            video_ids=self.requested.video_ids,
            excluded_ids=self.excluded_ids,
            videos=self.requested.of_videos(self.any_of),
            within=self.requested.within,
            windows=dict(self.windows),
            ranges=self.ranges,
            modalities=modalities,
        )

    @property
    def is_empty(self) -> bool:
        return self.segments().is_empty

    def part_of(self, video: Video) -> Span | None:
        """The part of a stored video that is in the scope; None when nothing of it is."""
        return self.segments().part_of(IndexedVideo.of(video).model_copy(update={"version": 1}))

    def of_parts(self, ranges: tuple[TimeRange, ...]) -> SearchScope:
        return replace(self, ranges=ranges)

    def without(self, video_ids: Iterable[str]) -> SearchScope:
        return replace(self, excluded_ids=(*self.excluded_ids, *video_ids))

    def narrowed_to(self, video_ids: Sequence[str]) -> SearchScope:
        return replace(self, requested=self.requested.model_copy(update={"video_ids": tuple(video_ids)}))
