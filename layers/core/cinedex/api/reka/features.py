"""`/v2/features` and `/v2/videos/{id}/features`: the catalog of features, plans, and starting an analysis."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body
from pydantic import Field

from cinedex.analysis.domain.feature_plan import plan_features
from cinedex.api.auth import Reader, Writer
from cinedex.api.reka.feature_options import ChunkingConfig, Trigger
from cinedex.api.reka.schemas.features import (
    AnalysisResponse,
    CatalogEntry,
    CatalogResponse,
    PlanRequest,
    PlanResponse,
    TriggerResponse,
)
from cinedex.bootstrap.analysis import start_analysis
from cinedex.bootstrap.library import read_videos
from cinedex.kernel.errors import NotFound
from cinedex.library.domain.feature import CATALOG, Feature

router = APIRouter(prefix="/v2", tags=["features"])


class Analysis(Trigger):
    """Unlike a single trigger, this cuts at scene changes by default, so that a moment matches what a viewer sees."""

    desired: list[Feature] = Field(min_length=1)
    chunking_config: ChunkingConfig | None = ChunkingConfig(use_scene_detection=True)


@router.get("/features")
def catalog(caller: Reader) -> CatalogResponse:
    """List the features that can be triggered, what each depends on and what it produces."""
    return CatalogResponse(features=[CatalogEntry.of(info) for info in CATALOG.values()])


@router.post("/videos/{video_id}/features/plan")
def plan(caller: Reader, video_id: UUID, request: PlanRequest) -> PlanResponse:
    """List what must run before the desired features are ready. Changes nothing."""
    video = read_videos().get(caller.account_id, str(video_id))
    return PlanResponse.of(video.video_id, plan_features(video, tuple(request.desired)))


@router.post("/videos/{video_id}/features")
def analyze(caller: Writer, video_id: UUID, analysis: Analysis) -> AnalysisResponse:
    """Extension: start the desired features and all that they depend on as one run."""
    started = start_analysis().analyze(caller.account_id, str(video_id), analysis.request(tuple(analysis.desired)))
    return AnalysisResponse(
        video_id=started.video.video_id,
        features={f: started.video.feature(f).status for f in analysis.desired},
        unserved_options=analysis.unserved(started.features),
        applied_options=analysis.applied(started.features),
    )


@router.post("/videos/{video_id}/features/{feature}")
def trigger(
    caller: Writer, video_id: UUID, feature: str, options: Annotated[Trigger | None, Body()] = None
) -> TriggerResponse:
    """Start one feature: transcript, captions, embeddings or objects. A repeated request has no effect without
    `force`.
    """
    name, options = _triggerable(feature), options or Trigger()
    started = start_analysis().trigger(caller.account_id, str(video_id), options.request((name,)))
    return TriggerResponse(
        video_id=started.video.video_id,
        feature=name,
        status=started.video.feature(name).status,
        unserved_options=options.unserved(started.features),
        applied_options=options.applied(started.features),
    )


def _triggerable(feature: str) -> Feature:
    if feature not in {f.value for f in CATALOG}:
        raise NotFound(f"There is no feature {feature!r} to trigger; see GET /v2/features.", field="feature")
    return Feature(feature)
