"""Which videos a search covers: the filter that a caller gives, and the videos that it resolves to."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import AwareDatetime, BaseModel, ConfigDict

from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.number_range import NumberRange
from cinedex.kernel.span import Span
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.user_metadata import MetadataFilter
from cinedex.library.domain.video import Video
from cinedex.search.domain.index.segment_document import WHOLE_VIDEO


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

    def require_order(self) -> None:
        """Raises `InvalidInput` when the wall-clock range ends before it starts."""
        if self.datetime_from and self.datetime_to and self.datetime_to < self.datetime_from:
            raise InvalidInput("datetime_to must not be before datetime_from.", field="datetime_to")


@dataclass(frozen=True)
class SearchScope:
    """The videos of a search by id, and the part to search where it is not the whole video."""

    videos: dict[str, Video]
    windows: dict[str, Span] = field(default_factory=dict)

    @property
    def total_duration_s(self) -> float:
        return sum(video.whole.length_s for video in self.videos.values())
