"""The events that follow from two states of a video."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.events import Event, event_id_of
from cinedex.library.domain.feature import Feature, FeatureState, FeatureStatus
from cinedex.library.domain.video import UploadStatus, Video


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True)


class UploadedFile(_Data):
    size_bytes: int
    duration_s: float
    has_video: bool


class UploadFailure(_Data):
    error: str | None
    error_code: str | None


class ReadyFeature(_Data):
    feature: Feature
    generation: int
    models: tuple[str, ...]


class FeatureFailure(_Data):
    """`blocked`: a feature that it depends on has failed."""

    feature: Feature
    generation: int
    status: Literal["failed", "blocked"]
    error: str | None
    error_code: str | None


class NoData(_Data):
    pass


class VideoUploaded(Event[UploadedFile]):
    event_type: Literal["VideoUploaded"] = "VideoUploaded"


class VideoFailed(Event[UploadFailure]):
    event_type: Literal["VideoFailed"] = "VideoFailed"


class VideoDeleted(Event[NoData]):
    event_type: Literal["VideoDeleted"] = "VideoDeleted"


class FeatureReady(Event[ReadyFeature]):
    event_type: Literal["FeatureReady"] = "FeatureReady"


class FeatureFailed(Event[FeatureFailure]):
    event_type: Literal["FeatureFailed"] = "FeatureFailed"


def facts_of_video(before: Video | None, after: Video, now: datetime) -> Sequence[Event[Any]]:
    """What a change that stores `after` over `before` makes true; empty for most changes."""
    return [*_facts_of_upload(before, after, now), *_facts_of_features(before, after, now)]


def fact_of_deletion(video: Video, now: datetime) -> VideoDeleted:
    return VideoDeleted(**_envelope("VideoDeleted", video, now), data=NoData())


def _facts_of_upload(before: Video | None, after: Video, now: datetime) -> Iterator[Event[Any]]:
    if before is not None and (before.status, before.media.etag) == (after.status, after.media.etag):
        return
    fact = (after.media.etag, after.media.sequencer, after.revision)
    if after.status is UploadStatus.UPLOADED:
        file = UploadedFile(
            size_bytes=after.media.size_bytes,
            duration_s=after.whole.end_s,
            has_video=after.probe is not None and after.probe.has_video,
        )
        yield VideoUploaded(**_envelope("VideoUploaded", after, now, *fact), data=file)
    elif after.status is UploadStatus.FAILED:
        failure = UploadFailure(error=after.error, error_code=after.error_code)
        yield VideoFailed(**_envelope("VideoFailed", after, now, *fact), data=failure)


def _facts_of_features(before: Video | None, after: Video, now: datetime) -> Iterator[Event[Any]]:
    for feature, state in after.features.items():
        old = FeatureState() if before is None else before.feature(feature)
        if (old.status, old.generation) != (state.status, state.generation):
            yield from _fact_of_feature(after, feature, state, now)


def _fact_of_feature(video: Video, feature: Feature, state: FeatureState, now: datetime) -> Iterator[Event[Any]]:
    fact = (feature.value, state.generation)
    if state.status is FeatureStatus.READY:
        ready = ReadyFeature(feature=feature, generation=state.generation, models=state.models)
        yield FeatureReady(**_envelope("FeatureReady", video, now, *fact), data=ready)
    elif state.status is FeatureStatus.FAILED or state.status is FeatureStatus.BLOCKED:
        failure = FeatureFailure(
            feature=feature,
            generation=state.generation,
            status="blocked" if state.status is FeatureStatus.BLOCKED else "failed",
            error=state.error,
            error_code=state.error_code,
        )
        yield FeatureFailed(**_envelope("FeatureFailed", video, now, *fact), data=failure)


def _envelope(event_type: str, video: Video, now: datetime, *fact: object) -> dict[str, Any]:
    return {
        "event_id": event_id_of(event_type, video.video_id, *fact),
        "account_id": video.account_id,
        "video_id": video.video_id,
        "collection_id": video.collection_id,
        "occurred_at": now,
    }
