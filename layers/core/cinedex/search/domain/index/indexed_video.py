"""The fields of a video that the search index stores, and the conditions of a search on them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from cinedex.kernel.number_range import NumberRange
from cinedex.library.domain.feature import Feature, FeatureStatus
from cinedex.library.domain.user_metadata import MetadataFilter, Value
from cinedex.library.domain.video import Video


class IndexedVideo(BaseModel):
    """A video as the index filters it.

    `version` is the revision of the video: of two writes, the one with the higher version stays. 0 stands for a video
    of which only the segments are known, because an earlier version wrote them. `features` are those that are ready.
    `recorded_at_s` is seconds since 1970. `media` identifies the bytes of the file.
    """

    model_config = ConfigDict(frozen=True)

    account_id: str
    video_id: str
    version: int = 0
    name: str = ""
    collection_id: str | None = None
    duration_s: float = 0.0
    width: float | None = None
    height: float | None = None
    recorded_at_s: float | None = None
    languages: tuple[str, ...] = ()
    features: tuple[Feature, ...] = ()
    metadata: dict[str, Value] = Field(default_factory=dict)
    media: str = ""

    @classmethod
    def of(cls, video: Video) -> Self:
        return cls(
            account_id=video.account_id,
            video_id=video.video_id,
            version=video.revision,
            name=video.display_name,
            collection_id=video.collection_id,
            duration_s=video.whole.length_s,
            width=video.probe.width if video.probe else None,
            height=video.probe.height if video.probe else None,
            recorded_at_s=None if video.recorded_at is None else seconds_since_1970(video.recorded_at),
            languages=tuple(video.spoken_languages),
            features=tuple(f for f in Feature if video.feature(f).status is FeatureStatus.READY),
            metadata=video.user_metadata,
            media=f"{video.media.etag}:{video.media.size_bytes}" if video.media.etag else "",
        )

    @property
    def is_known(self) -> bool:
        return self.version > 0

    def has_fields_of(self, other: IndexedVideo) -> bool:
        """True when both are equal except for the version."""
        return self.model_copy(update={"version": other.version}) == other


class VideoConditions(BaseModel):
    """All conditions must hold; None is no condition.

    All of `features` and one of `any_of` must be ready. `recorded_from_s` and `recorded_to_s` need a recording time.
    """

    model_config = ConfigDict(frozen=True)

    collection_ids: tuple[str, ...] | None = None
    duration_s: NumberRange = NumberRange()
    width: NumberRange = NumberRange()
    height: NumberRange = NumberRange()
    languages: tuple[str, ...] | None = None
    features: tuple[Feature, ...] = ()
    any_of: tuple[Feature, ...] | None = None
    metadata: MetadataFilter = MetadataFilter()
    recorded_from_s: float | None = None
    recorded_to_s: float | None = None

    @property
    def needs_recording_time(self) -> bool:
        return self.recorded_from_s is not None or self.recorded_to_s is not None

    def admits(self, video: IndexedVideo) -> bool:
        return (
            self._admits_place(video)
            and self.duration_s.holds(video.duration_s)
            and self.width.holds(video.width)
            and self.height.holds(video.height)
            and self.metadata.holds(video.metadata)
        )

    def _admits_place(self, video: IndexedVideo) -> bool:
        return (
            (self.collection_ids is None or video.collection_id in self.collection_ids)
            and (self.languages is None or not set(self.languages).isdisjoint(video.languages))
            and set(self.features) <= set(video.features)
            and (self.any_of is None or not set(self.any_of).isdisjoint(video.features))
            and (not self.needs_recording_time or self._admits_recording_of(video))
        )

    def _admits_recording_of(self, video: IndexedVideo) -> bool:
        if video.recorded_at_s is None:
            return False
        is_before = self.recorded_to_s is not None and video.recorded_at_s > self.recorded_to_s
        is_after = self.recorded_from_s is not None and video.recorded_at_s + video.duration_s < self.recorded_from_s
        return not is_before and not is_after


class VideoCount(BaseModel):
    """How many videos a search covers, and their total duration."""

    model_config = ConfigDict(frozen=True)

    videos: int = 0
    duration_s: float = 0.0


class VideoPage(BaseModel):
    """Ids of videos, newest first, and how many there are in total."""

    model_config = ConfigDict(frozen=True)

    video_ids: tuple[str, ...] = ()
    total: int = 0


def seconds_since_1970(moment: datetime) -> float:
    """A time without a zone is one of UTC, because cameras often store none."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
