"""The events that follow from the start and the end of a run."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from cinedex.analysis.domain.run import AnalysisRun, Priority
from cinedex.kernel.events import Event, event_id_of
from cinedex.library.domain.feature import CATALOG, Feature, FeatureStatus
from cinedex.library.domain.video import Video


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True)


class StartedRun(_Data):
    """`features` are those that the run computes."""

    run_id: str
    features: tuple[Feature, ...]
    priority: Priority


class EndedRun(_Data):
    """`features`: the status of each one that the run was to compute."""

    run_id: str
    features: dict[Feature, FeatureStatus]


class AnalysisStarted(Event[StartedRun]):
    event_type: Literal["AnalysisStarted"] = "AnalysisStarted"


class AnalysisCompleted(Event[EndedRun]):
    """At least one feature of the run is ready."""

    event_type: Literal["AnalysisCompleted"] = "AnalysisCompleted"


class FailedAnalysis(Event[EndedRun]):
    """No feature of the run is ready."""

    event_type: Literal["AnalysisFailed"] = "AnalysisFailed"


def fact_of_start(video: Video, run: AnalysisRun, now: datetime) -> AnalysisStarted:
    started = StartedRun(run_id=run.run_id, features=products_of(run), priority=run.priority)
    return AnalysisStarted(**_envelope("AnalysisStarted", video, run, now), data=started)


def fact_of_end(video: Video, run: AnalysisRun, now: datetime) -> AnalysisCompleted | FailedAnalysis:
    ended = EndedRun(run_id=run.run_id, features={f: video.feature(f).status for f in products_of(run)})
    if FeatureStatus.READY in ended.features.values():
        return AnalysisCompleted(**_envelope("AnalysisCompleted", video, run, now), data=ended)
    return FailedAnalysis(**_envelope("AnalysisFailed", video, run, now), data=ended)


def products_of(run: AnalysisRun) -> tuple[Feature, ...]:
    return tuple(product for feature in run.features for product in CATALOG[feature].produces)


def _envelope(event_type: str, video: Video, run: AnalysisRun, now: datetime) -> dict[str, Any]:
    return {
        "event_id": event_id_of(event_type, video.video_id, run.run_id),
        "account_id": video.account_id,
        "video_id": video.video_id,
        "collection_id": video.collection_id,
        "occurred_at": now,
    }
