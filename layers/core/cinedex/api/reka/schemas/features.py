"""Bodies of the feature routes: the catalog, plans, statuses and states."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from cinedex.analysis.domain.feature_plan import FeaturePlan
from cinedex.api.requests.strict_body import StrictBody
from cinedex.library.domain.feature import Feature, FeatureInfo, FeatureState, FeatureStatus

UNSERVED = Field(
    description="Extension: options of the request that have no effect, also because the feature was ready or in"
    " progress, and options that were limited."
)
APPLIED = Field(description="Extension: the value that applies, for each option of the request that was limited.")


class CatalogEntry(BaseModel):
    """One feature that can be triggered; `produces` lists the features that become ready with it."""

    name: Feature
    description: str
    depends_on: list[Feature] = []
    produces: list[Feature]
    note: str | None = None

    @classmethod
    def of(cls, info: FeatureInfo) -> CatalogEntry:
        return cls(
            name=info.name,
            description=info.description,
            depends_on=list(info.depends_on),
            produces=list(info.produces),
            note=info.note,
        )


class CatalogResponse(BaseModel):
    features: list[CatalogEntry]


class FeatureDetails(BaseModel):
    """State of one feature of one video. `generation` counts its computations, from 1 for the first.

    `waiting_since` is the time at which the analysis was started, as long as no worker has begun it. `waiting_reason`
    and `resumes_at` are set while it waits for the daily budget of the account.
    """

    status: FeatureStatus = FeatureStatus.NONE
    generation: int = Field(default=0, ge=0)
    models: list[str] = []
    error: str | None = None
    error_code: str | None = None
    progress: float | None = Field(default=None, ge=0, le=1)
    remaining_s: float | None = Field(
        default=None, ge=0, description="Estimate of the seconds until the feature is ready, at the speed so far."
    )
    waiting_since: datetime | None = None
    waiting_reason: str | None = None
    resumes_at: datetime | None = None

    @classmethod
    def of(cls, state: FeatureState) -> FeatureDetails:
        return cls(
            status=state.status,
            generation=state.generation,
            models=list(state.models),
            error=state.error,
            error_code=state.error_code,
            progress=state.progress,
            remaining_s=None if state.remaining_s is None else round(state.remaining_s, 1),
            waiting_since=state.waiting_since,
            waiting_reason=state.waiting_reason,
            resumes_at=state.resumes_at,
        )


class PlanRequest(StrictBody):
    desired: list[Feature] = Field(description="Nothing is required for an empty list, and it is done.")


class PlanResponse(BaseModel):
    """What must run before the desired features are ready. Each feature in `actionable` can be triggered now."""

    all_required: list[Feature]
    statuses: dict[Feature, FeatureStatus]
    actionable: list[Feature]
    processing: list[Feature]
    blocked: list[Feature]
    errors: dict[Feature, str]
    done: bool
    video_id: str
    reconfigure: dict[Feature, Any] = Field(default={}, description="Always empty: every transcript includes scenes.")

    @classmethod
    def of(cls, video_id: str, plan: FeaturePlan) -> PlanResponse:
        return cls(
            all_required=list(plan.all_required),
            statuses=plan.statuses,
            actionable=list(plan.actionable),
            processing=list(plan.processing),
            blocked=list(plan.blocked),
            errors=plan.errors,
            done=plan.done,
            video_id=video_id,
        )


class TriggerResponse(BaseModel):
    video_id: str
    feature: Feature
    status: FeatureStatus
    unserved_options: list[str] = UNSERVED
    applied_options: dict[str, float] = APPLIED


class AnalysisResponse(BaseModel):
    video_id: str
    features: dict[Feature, FeatureStatus]
    unserved_options: list[str] = UNSERVED
    applied_options: dict[str, float] = APPLIED
