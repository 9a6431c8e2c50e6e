"""The shapes of the Reka dialect; unknown fields of a request are ignored, as the original does."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from cinedex.domain.feature import Feature, FeatureState, FeatureStatus
from cinedex.domain.video import UploadStatus, Video
from pydantic import AfterValidator, BaseModel, Field


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
        default=None, description="Extension: generation, models, error and progress of each feature."
    )
    group_id: str | None = None
    error: str | None = None
    error_code: str | None = Field(default=None, description="Extension: a stable name for `error`.")
    created_at: datetime | None = Field(default=None, description="Extension.")

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


class VideoUpdate(BaseModel):
    """Fields that are left out, or null, stay; an explicit null `group_id` takes the video out of its group."""

    name: Name | None = None
    title: Line | None = None
    description: str | None = Field(default=None, max_length=10_000)
    group_id: str | None = None

    def changes(self) -> dict[str, Any]:
        told = {n: v for n, v in self.model_dump().items() if n != "group_id" and v is not None}
        return told | ({"collection_id": self.group_id} if "group_id" in self.model_fields_set else {})
