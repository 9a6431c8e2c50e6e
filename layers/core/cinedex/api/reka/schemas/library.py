"""Videos in the Reka dialect."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from cinedex.api.reka.schemas.features import FeatureDetails
from cinedex.api.reka.schemas.subtitles import SubtitleTrackResponse
from cinedex.api.requests.dates import DateTime, Until
from cinedex.api.requests.ids import canonical_if_id
from cinedex.api.requests.strict_body import StrictBody
from cinedex.library.domain.feature import Feature, FeatureState, FeatureStatus
from cinedex.library.domain.user_metadata import UserMetadata, Value
from cinedex.library.domain.video import UploadStatus, Video

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


DEFAULT_GROUP = "default"
"""What Reka calls the group of videos that are in no group."""


GroupId = Annotated[str, AfterValidator(canonical_if_id)]
"""What is neither an id nor the default group is reported as a group that does not exist."""


def collection_of(group_id: str | None) -> str | None:
    """None for no group, which a request may also name."""
    return None if group_id in (None, "", DEFAULT_GROUP) else group_id


class AudioTrackResponse(BaseModel):
    """One audio track of the file; `chunking_config.audio_track` chooses one by its `index`."""

    index: int
    codec: str
    channels: int | None = None
    language: str | None = Field(default=None, description="As the file states it, usually ISO 639-2.")
    title: str | None = None
    is_default: bool = Field(default=False, description="The flag of the container.")


class VideoMetadataResponse(BaseModel):
    width: int | None = Field(default=None, description="Pixels as shown: upright, with square pixels.")
    height: int | None = None
    avg_fps: float | None = None
    video_name: str | None = None
    title: str | None = None
    video_start_timestamp_utc_ms: int | None = None
    duration: float | None = Field(
        default=None, description="Seconds. The analysis replaces the estimate from the header of the file."
    )
    thumbnail: str | None = None
    thumbnails: str | None = None
    description: str | None = None
    source: str | None = Field(
        default=None, description="Scheme, host and path of the `video_url` of the upload, without parameters."
    )
    audio_tracks: list[AudioTrackResponse] = Field(
        default=[], description="Extension: the audio tracks that belong to the picture."
    )
    subtitle_tracks: list[SubtitleTrackResponse] = Field(
        default=[], description="Extension: the subtitles inside the file and those that were sent."
    )
    unreadable: str | None = Field(
        default=None, description="Extension: which share of the file the analysis could not decode."
    )
    untranscribed: str | None = Field(
        default=None, description="Extension: which speech is not in the transcript, and why."
    )
    languages: list[str] = Field(
        default=[], description="Extension: all spoken languages, ISO 639-1, that of most of the speech first."
    )

    @classmethod
    def of(cls, video: Video) -> VideoMetadataResponse:
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
            audio_tracks=[AudioTrackResponse(**t.model_dump()) for t in probe.audio_tracks] if probe else [],
            subtitle_tracks=[SubtitleTrackResponse.of(track) for track in video.subtitles],
            unreadable=probe.unreadable if probe else None,
            untranscribed=probe.untranscribed if probe else None,
            languages=list(video.spoken_languages),
        )


class VideoResponse(BaseModel):
    video_id: str
    url: str | None = Field(default=None, description="Download URL; expires after some hours, so request it again.")
    status: UploadStatus | None = None
    metadata: VideoMetadataResponse | None = None
    features: dict[Feature, FeatureStatus] | None = None
    feature_details: dict[Feature, FeatureDetails] | None = Field(
        default=None, description="Extension: generation, models, error, its code and progress of each feature."
    )
    group_id: str | None = None
    error: str | None = None
    error_code: str | None = Field(default=None, description="Extension: a stable code for `error`.")
    created_at: datetime | None = Field(default=None, description="Extension.")
    recorded_at: datetime | None = Field(default=None, description="Extension: start of the recording.")
    language: str | None = Field(
        default=None,
        description="Extension: the language of most of the speech, ISO 639-1; `und` for speech whose language the"
        " deployment cannot detect; null without speech.",
    )
    user_metadata: dict[str, Value] = Field(
        default_factory=dict, description="Extension: `metadata` of uploads and updates."
    )

    @classmethod
    def of(cls, video: Video, url: str | None, states: dict[Feature, FeatureState]) -> VideoResponse:
        return cls(
            video_id=video.video_id,
            url=url,
            status=video.status,
            metadata=VideoMetadataResponse.of(video),
            features={name: state.status for name, state in states.items()},
            feature_details={
                name: FeatureDetails.of(state)
                for name, state in states.items()
                if state.status is not FeatureStatus.NONE or state.error
            },
            group_id=video.collection_id,
            error=video.error,
            error_code=video.error_code,
            created_at=video.created_at,
            recorded_at=video.recorded_at,
            language=video.language,
            user_metadata=video.user_metadata,
        )


class UploadResponse(BaseModel):
    video_id: str
    status: UploadStatus
    metadata: VideoMetadataResponse | None = None

    @classmethod
    def of(cls, video: Video) -> UploadResponse:
        metadata = VideoMetadataResponse.of(video) if video.status is UploadStatus.UPLOADED else None
        return cls(video_id=video.video_id, status=video.status, metadata=metadata)


class StatusResponse(BaseModel):
    status: Literal["success"] = "success"
    message: str | None = None


def one_line(text: str) -> str:
    """`text`, which must not contain control characters: tables and terminals print it."""
    if any(ord(c) < 32 or ord(c) == 127 for c in text):
        raise ValueError("must not contain control characters")
    return text


def not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


Line = Annotated[str, AfterValidator(one_line), Field(max_length=500)]
Name = Annotated[Line, AfterValidator(not_blank)]


def plausible_date(value: datetime) -> datetime:
    if not 1800 <= value.year <= 9000:
        raise ValueError("must lie between the years 1800 and 9000")
    return value


Date = Annotated[DateTime, AfterValidator(plausible_date)]
UntilDate = Annotated[Until, AfterValidator(plausible_date)]


class RecordingStart(StrictBody):
    """Start of a recording, as a date or in milliseconds."""

    recorded_at: Date | None = Field(default=None, description="Extension; UTC unless an offset is given.")
    video_start_timestamp_utc_ms: int | None = Field(
        default=None,
        ge=-5_000_000_000_000,
        le=200_000_000_000_000,
        description="Extension: the same in milliseconds since 1970.",
    )

    @model_validator(mode="after")
    def _at_most_one(self) -> Self:
        if self.recorded_at is not None and self.video_start_timestamp_utc_ms is not None:
            raise ValueError("give recorded_at or video_start_timestamp_utc_ms, not both")
        return self

    @property
    def start(self) -> datetime | None:
        if self.video_start_timestamp_utc_ms is None:
            return self.recorded_at
        return EPOCH + timedelta(milliseconds=self.video_start_timestamp_utc_ms)


class VideoUpdate(RecordingStart):
    """Fields that are absent or null do not change; `metadata` is replaced as a whole."""

    name: Name | None = None
    title: Line | None = None
    description: str | None = Field(default=None, max_length=10_000)
    group_id: GroupId | None = Field(
        default=None, description="Extension: `default`, or an empty text, takes the video out of its group."
    )
    metadata: UserMetadata | None = None

    def changes(self) -> dict[str, Any]:
        given = {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "recorded_at": self.start,
            "user_metadata": self.metadata,
        }
        changes = {name: value for name, value in given.items() if value is not None}
        return changes | ({} if self.group_id is None else {"collection_id": collection_of(self.group_id)})
