"""Responses of a deployment, as far as this client reads them; other fields are kept as they came."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cinedex_client.errors import ClientError

IN_FLIGHT = frozenset({"pending", "processing"})
BROKEN = frozenset({"failed", "blocked"})


class Reply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")

    @classmethod
    def read(cls, document: object) -> Self:
        """The model of a response; raises `ClientError` when it does not have the expected fields."""
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            wrong = error.errors()[0]
            field = ".".join(map(str, wrong["loc"]))
            raise ClientError(
                f"The response of the deployment is not a valid {cls.__name__}: {field}: {wrong['msg']}.",
                hint="Check that the address is one of a Cinedex deployment of a compatible version.",
            ) from error


class AudioTrack(Reply):
    index: int
    codec: str = ""
    channels: int | None = None
    language: str | None = None
    title: str | None = None
    is_default: bool = False


class SubtitleTrack(Reply):
    """`unread` says why a track inside the file cannot be read."""

    subtitle_id: str
    source: str = ""
    format: str = ""
    language: str | None = None
    title: str | None = None
    cue_count: int | None = None
    unread: str | None = None


class VideoMetadata(Reply):
    """`duration` is in seconds."""

    video_name: str | None = None
    title: str | None = None
    description: str | None = None
    duration: float | None = None
    width: int | None = None
    height: int | None = None
    avg_fps: float | None = None
    audio_tracks: list[AudioTrack] = []
    subtitle_tracks: list[SubtitleTrack] = []
    unreadable: str | None = None
    untranscribed: str | None = None
    languages: list[str] = []


class FeatureDetail(Reply):
    """`progress` runs from 0 to 1 while the feature is computed; `waiting_since` is set until a worker begins.
    `remaining_s` is an estimate of the seconds until it is ready.

    `waiting_reason` and `resumes_at` are set while the analysis waits for the daily budget of the account.
    """

    status: str = "none"
    generation: int = 0
    models: list[str] = Field(default_factory=list)
    error: str | None = None
    progress: float | None = None
    remaining_s: float | None = None
    waiting_since: datetime | None = None
    waiting_reason: str | None = None
    resumes_at: datetime | None = None


class Video(Reply):
    """`status` is the state of the upload, `features` the state of each analysis."""

    video_id: str
    status: str | None = None
    metadata: VideoMetadata | None = None
    features: dict[str, str] | None = None
    feature_details: dict[str, FeatureDetail] | None = None
    group_id: str | None = None
    error: str | None = None
    error_code: str | None = None

    @property
    def name(self) -> str:
        metadata = self.metadata or VideoMetadata()
        return metadata.title or metadata.video_name or self.video_id

    @property
    def duration_s(self) -> float | None:
        return self.metadata.duration if self.metadata else None

    def detail(self, feature: str) -> FeatureDetail:
        """The state of a feature, also when the deployment sends only its status."""
        status = (self.features or {}).get(feature, "none")
        return (self.feature_details or {}).get(feature) or FeatureDetail(status=status)


class Line(Reply):
    """Speech or on-screen text from `start` to `end` seconds."""

    start: float
    end: float
    text: str


class Caption(Reply):
    start: float
    end: float
    caption: str


class Scene(Reply):
    index: int
    start: float
    end: float


class Detection(Reply):
    type: str
    frame_timestamp_start: float
    frame_timestamp_end: float


class ObjectSegment(Reply):
    start: float
    end: float
    detections: list[Detection]


class Moment(Reply):
    """A search hit; `matched` lists the kinds of evidence that matched."""

    video_id: str
    video_name: str | None = None
    start: float | None = None
    end: float | None = None
    score: float
    rank: int
    caption: str | None = None
    transcript: str | None = None
    matched: list[str] = Field(default_factory=list)
    highlights: list[str] = Field(default_factory=list)


class SearchPool(Reply):
    video_count: int
    total_duration: float


class SearchReply(Reply):
    """`degraded` when a part of search was down and the remaining parts answered.

    `stages_ms` are the milliseconds of each stage, read from the `Server-Timing` header.
    """

    data: list[Moment]
    search_pool: SearchPool
    degraded: bool = False
    stages_ms: dict[str, float] = Field(default_factory=dict, exclude=True)


class Citation(Reply):
    video_id: str
    video_name: str
    start: float
    end: float
    quote: str
    source: str


class Answer(Reply):
    """`confident` is False when the videos contain no answer to the question, or sentences of a model were dropped.

    `degraded_by` has the reasons why the answer is less than it could be.
    """

    response: str
    model: str
    citations: list[Citation] = Field(default_factory=list)
    confident: bool = True
    degraded_by: list[str] = Field(default_factory=list)


class Run(Reply):
    """An analysis that was started for `features`."""

    video_id: str
    run_id: str | None = None
    features: dict[str, str] = Field(default_factory=dict)


class KeyScope(StrEnum):
    """What an API key may do; each scope includes those before it."""

    SEARCH = "search"
    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


class ApiKey(Reply):
    """`hint` is the end of the secret; `secret` itself is only in the response that creates the key.

    The last use was at most an hour after `last_used_at`.
    """

    key_id: str
    name: str
    scope: str
    hint: str
    requests_max: int | None = None
    created_at: datetime
    revoked_at: datetime | None = None
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    secret: str | None = None
