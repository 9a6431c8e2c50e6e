"""Features of a video: what can be computed, what each depends on, and the state of each."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Feature(StrEnum):
    TRANSCRIPT = "transcript"
    CAPTIONS = "captions"
    REEL_CAPTIONS = "reel_captions"
    EMBEDDINGS = "embeddings"
    OBJECTS = "objects"
    SCENES = "scenes"
    AUDIO_EVENTS = "audio_events"
    CHAPTERS = "chapters"
    THUMBNAILS = "thumbnails"


class FeatureStatus(StrEnum):
    NONE = "none"
    PENDING = "pending"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"
    BLOCKED = "blocked"

    @property
    def in_flight(self) -> bool:
        return self in (FeatureStatus.PENDING, FeatureStatus.PROCESSING)


class FeatureInfo(BaseModel):
    """One row of the catalog; `produces` lists what becomes ready with it."""

    model_config = ConfigDict(frozen=True)

    name: Feature
    description: str
    depends_on: tuple[Feature, ...] = ()
    produces: tuple[Feature, ...]
    note: str | None = None


CATALOG: dict[Feature, FeatureInfo] = {
    info.name: info
    for info in (
        FeatureInfo(
            name=Feature.TRANSCRIPT,
            description="Speech to text with word times; also finds scenes and cuts the video into segments.",
            produces=(Feature.TRANSCRIPT, Feature.SCENES),
        ),
        FeatureInfo(
            name=Feature.CAPTIONS,
            description="A description of each segment from what is seen, read and heard; reads on-screen text.",
            depends_on=(Feature.TRANSCRIPT,),
            produces=(Feature.CAPTIONS,),
        ),
        FeatureInfo(
            name=Feature.EMBEDDINGS,
            description="Vectors of speech and captions for semantic search.",
            depends_on=(Feature.TRANSCRIPT, Feature.CAPTIONS),
            produces=(Feature.EMBEDDINGS,),
        ),
        FeatureInfo(
            name=Feature.OBJECTS,
            description="Objects with their boxes in sampled frames of each segment.",
            depends_on=(Feature.TRANSCRIPT,),
            produces=(Feature.OBJECTS,),
        ),
    )
}
"""Every feature that can be triggered, in an order in which dependencies come first."""


class FeatureState(BaseModel):
    """The state of one feature of one video.

    `generation` counts computations: 0 before the first, and one more for each that starts. `waiting_since` is set
    while no worker has begun the run; `waiting_reason` and `resumes_at`, while the run waits for a budget.
    `remaining_s` is an estimate of the seconds until the feature is ready.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    status: FeatureStatus = FeatureStatus.NONE
    generation: int = Field(default=0, ge=0)
    models: tuple[str, ...] = ()
    error: str | None = None
    error_code: str | None = None
    progress: float | None = Field(default=None, ge=0, le=1)
    remaining_s: float | None = Field(default=None, ge=0)
    waiting_since: datetime | None = None
    waiting_reason: str | None = None
    resumes_at: datetime | None = None

    def queued(self) -> FeatureState:
        return FeatureState(status=FeatureStatus.PENDING, generation=self.generation + 1)

    def started(self) -> FeatureState:
        return FeatureState(status=FeatureStatus.PROCESSING, generation=self.generation, progress=0.0)

    def advanced(self, progress: float) -> FeatureState:
        return self.model_copy(update={"progress": max(self.progress or 0.0, min(progress, 1.0))})

    def estimated(self, remaining_s: float | None) -> FeatureState:
        return self.model_copy(update={"remaining_s": remaining_s})

    def waiting(self, since: datetime, reason: str | None = None) -> FeatureState:
        return self.model_copy(update={"waiting_since": since, "waiting_reason": reason})

    def resuming(self, at: datetime) -> FeatureState:
        return self.model_copy(update={"resumes_at": at})

    def finished(self, models: tuple[str, ...]) -> FeatureState:
        return FeatureState(status=FeatureStatus.READY, generation=self.generation, models=models)

    def failed(self, reason: str, code: str) -> FeatureState:
        return FeatureState(status=FeatureStatus.FAILED, generation=self.generation, error=reason, error_code=code)

    def blocked(self, reason: str) -> FeatureState:
        return FeatureState(status=FeatureStatus.BLOCKED, generation=self.generation, error=reason)

    def without_file(self, reason: str, code: str | None) -> FeatureState:
        """It cannot be computed, because the video has no usable file. A reason of its own stays."""
        explained = self.error is not None or self.status is FeatureStatus.READY
        return self if explained else self.model_copy(update={"error": reason, "error_code": code})

    def reset(self) -> FeatureState:
        """Back to `none`, because its input has changed.

        The generation number stays, so that the next computation gets a higher one.
        """
        return FeatureState(generation=self.generation)


def trigger_of(feature: Feature) -> Feature | None:
    """The feature whose computation produces `feature`; None if no entry of the catalog does."""
    return next((info.name for info in CATALOG.values() if feature in info.produces), None)


def closure(features: tuple[Feature, ...]) -> tuple[Feature, ...]:
    """`features` and everything that they depend on, as triggerable names in dependency order."""
    needed: set[Feature] = set()
    stack = [t for t in map(trigger_of, features) if t is not None]
    while stack:
        name = stack.pop()
        if name not in needed:
            needed.add(name)
            stack.extend(CATALOG[name].depends_on)
    return tuple(name for name in CATALOG if name in needed)


def dependents(feature: Feature) -> tuple[Feature, ...]:
    """Everything that becomes stale when `feature` is computed again, in dependency order."""
    stale = {feature}
    for info in CATALOG.values():
        if stale & set(info.depends_on):
            stale.add(info.name)
    return tuple(name for name in CATALOG if name in stale and name is not feature)
