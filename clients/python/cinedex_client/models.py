"""What a deployment answers, as far as this program reads it; whatever else it says is kept as it came."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

IN_FLIGHT = frozenset({"pending", "processing"})
BROKEN = frozenset({"failed", "blocked"})


class Reply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")


class VideoMetadata(Reply):
    """`duration` is in seconds."""

    video_name: str | None = None
    title: str | None = None
    description: str | None = None
    duration: float | None = None
    width: int | None = None
    height: int | None = None
    avg_fps: float | None = None


class FeatureDetail(Reply):
    """`progress` runs from 0 to 1 while the feature is computed."""

    status: str = "none"
    generation: int = 0
    models: list[str] = Field(default_factory=list)
    error: str | None = None
    progress: float | None = None


class Video(Reply):
    """`status` tells of the upload, `features` of each analysis."""

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
        told = self.metadata or VideoMetadata()
        return told.title or told.video_name or self.video_id

    @property
    def duration_s(self) -> float | None:
        return self.metadata.duration if self.metadata else None

    def detail(self, feature: str) -> FeatureDetail:
        """Where the feature stands, also with a deployment that tells only its status."""
        status = (self.features or {}).get(feature, "none")
        return (self.feature_details or {}).get(feature) or FeatureDetail(status=status)


class Line(Reply):
    """Something said, or read on the screen, from `start` to `end` seconds."""

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
    """A search hit; `matched` tells which evidence it was found by."""

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
    """`degraded` when a part of the search was down and the rest answered.

    `stages_ms` are the milliseconds of each stage, as a header of the reply tells them.
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
    """`confident` is False when nothing in the videos answers the question."""

    response: str
    model: str
    citations: list[Citation] = Field(default_factory=list)
    confident: bool = True


class Run(Reply):
    """One analysis that was started for `features`."""

    video_id: str
    run_id: str | None = None
    features: dict[str, str] = Field(default_factory=dict)
