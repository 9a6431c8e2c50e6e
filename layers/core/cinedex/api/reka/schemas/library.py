"""The shapes of the Reka dialect; unknown fields of a request are ignored, as the original does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from cinedex.library.domain.feature import Feature, FeatureState, FeatureStatus
from cinedex.library.domain.user_metadata import UserMetadata, Value
from cinedex.library.domain.video import UploadStatus, Video

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class VideoMetadata(BaseModel):
    width: int | None = None
    height: int | None = None
    avg_fps: float | None = None
    video_name: str | None = None
    title: str | None = None
    video_start_timestamp_utc_ms: int | None = None
    duration: float | None = Field(default=None, description="Seconds.")
    thumbnail: str | None = None
    thumbnails: str | None = None
    description: str | None = None
    source: str | None = None

    @classmethod
    def of(cls, video: Video) -> VideoMetadata:
        probe, recorded = video.probe, video.recorded_at
        return cls(
            width=probe.width if probe else None,
            height=probe.height if probe else None,
            avg_fps=probe.avg_fps if probe else None,
            duration=probe.duration_s if probe else None,
            video_name=video.name,
            title=video.title,
            video_start_timestamp_utc_ms=round(recorded.timestamp() * 1000) if recorded else None,
            description=video.description,
            source=video.source,
        )


class VideoResponse(BaseModel):
    video_id: str
    url: str | None = Field(default=None, description="Download URL; it lives for hours, so ask again.")
    status: UploadStatus | None = None
    metadata: VideoMetadata | None = None
    features: dict[Feature, FeatureStatus] | None = None
    feature_details: dict[Feature, FeatureState] | None = Field(
        default=None, description="Extension: generation, models, error, its code and progress of each feature."
    )
    group_id: str | None = None
    error: str | None = None
    error_code: str | None = Field(default=None, description="Extension: a stable name for `error`.")
    created_at: datetime | None = Field(default=None, description="Extension.")
    recorded_at: datetime | None = Field(default=None, description="Extension: when the recording starts.")
    language: str | None = Field(default=None, description="Extension: what is spoken, ISO 639-1.")
    user_metadata: dict[str, Value] = Field(
        default_factory=dict, description="Extension: what uploads and updates call `metadata`."
    )

    @classmethod
    def of(cls, video: Video, url: str | None, states: dict[Feature, FeatureState]) -> VideoResponse:
        return cls(
            video_id=video.video_id,
            url=url,
            status=video.status,
            metadata=VideoMetadata.of(video),
            features={name: state.status for name, state in states.items()},
            feature_details={n: s for n, s in states.items() if s.status is not FeatureStatus.NONE},
            group_id=video.collection_id,
            error=video.error,
            error_code=video.error_code,
            created_at=video.created_at,
            recorded_at=video.recorded_at,
            language=video.language,
            user_metadata=video.user_metadata,
        )


class VideoListResponse(BaseModel):
    results: list[VideoResponse]


class UploadResponse(BaseModel):
    video_id: str
    status: UploadStatus
    metadata: VideoMetadata | None = None

    @classmethod
    def of(cls, video: Video) -> UploadResponse:
        metadata = VideoMetadata.of(video) if video.status is UploadStatus.UPLOADED else None
        return cls(video_id=video.video_id, status=video.status, metadata=metadata)


class StatusResponse(BaseModel):
    status: Literal["success"] = "success"
    message: str | None = None


def one_line(text: str) -> str:
    """Names are shown in tables and terminals, where a control character does harm."""
    if any(ord(c) < 32 or ord(c) == 127 for c in text):
        raise ValueError("must not hold control characters")
    return text


def not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


Line = Annotated[str, AfterValidator(one_line), Field(max_length=500)]
Name = Annotated[Line, AfterValidator(not_blank)]


def recent_enough(moment: datetime) -> datetime:
    if not 1800 <= moment.year <= 9000:
        raise ValueError("must lie between the years 1800 and 9000")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Moment = Annotated[datetime, AfterValidator(recent_enough)]
"""UTC unless it names an offset."""


class Recorded(BaseModel):
    """When a recording starts, in either of two ways."""

    recorded_at: Moment | None = Field(default=None, description="Extension; UTC unless it names an offset.")
    video_start_timestamp_utc_ms: int | None = Field(
        default=None, ge=-5_000_000_000_000, le=200_000_000_000_000, description="Extension: the same as a number."
    )

    @model_validator(mode="after")
    def _once(self) -> Self:
        if self.recorded_at is not None and self.video_start_timestamp_utc_ms is not None:
            raise ValueError("give recorded_at or video_start_timestamp_utc_ms, not both")
        return self

    @property
    def start(self) -> datetime | None:
        if self.video_start_timestamp_utc_ms is None:
            return self.recorded_at
        return EPOCH + timedelta(milliseconds=self.video_start_timestamp_utc_ms)


class VideoUpdate(Recorded):
    """Fields that are left out, or null, stay; an explicit null `group_id` takes the video out of its group.

    `metadata` is replaced as a whole.
    """

    name: Name | None = None
    title: Line | None = None
    description: str | None = Field(default=None, max_length=10_000)
    group_id: str | None = None
    metadata: UserMetadata | None = None

    def changes(self) -> dict[str, Any]:
        said = {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "recorded_at": self.start,
            "user_metadata": self.metadata,
        }
        told = {name: value for name, value in said.items() if value is not None}
        return told | ({"collection_id": self.group_id} if "group_id" in self.model_fields_set else {})
