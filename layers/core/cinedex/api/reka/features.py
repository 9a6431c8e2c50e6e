"""`/v2/features` and `/v2/videos/{id}/features`: what can be computed, what would have to run, and starting it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body
from pydantic import BaseModel, Field

from cinedex.analysis.domain.feature_plan import FeaturePlan, plan_features
from cinedex.api.auth import Reader, Writer
from cinedex.api.reka.feature_options import ChunkingConfig, Trigger
from cinedex.bootstrap.analysis import start_analysis
from cinedex.bootstrap.library import read_videos
from cinedex.kernel.errors import NotFound
from cinedex.library.domain.feature import CATALOG, Feature, FeatureInfo, FeatureStatus
from cinedex.library.domain.video import Video

router = APIRouter(prefix="/v2", tags=["features"])


class CatalogResponse(BaseModel):
    features: list[FeatureInfo]


class Desired(BaseModel):
    desired: list[Feature] = Field(min_length=1)


class PlanResponse(FeaturePlan):
    video_id: str
    reconfigure: dict[Feature, Any] = Field(default={}, description="Always empty: scenes come with every transcript.")


UNSERVED = Field(description="Extension: options that were sent and have no effect here.")


class Analysis(Trigger):
    """Unlike a single trigger, cuts at scenes by default: moments are then what a viewer would call one."""

    desired: list[Feature] = Field(min_length=1)
    chunking_config: ChunkingConfig | None = ChunkingConfig(use_scene_detection=True)


class TriggerResponse(BaseModel):
    video_id: str
    feature: Feature
    status: FeatureStatus
    unserved_options: list[str] = UNSERVED


class AnalysisResponse(BaseModel):
    video_id: str
    features: dict[Feature, FeatureStatus]
    unserved_options: list[str] = UNSERVED


@router.get("/features")
def catalog(caller: Reader) -> CatalogResponse:
    """What can be triggered, what each needs and what it yields."""
    return CatalogResponse(features=list(CATALOG.values()))


@router.post("/videos/{video_id}/features/plan")
def plan(caller: Reader, video_id: UUID, wanted: Desired) -> PlanResponse:
    """What would have to run for the desired features to be ready; changes nothing."""
    video = read_videos().get(caller.account_id, str(video_id))
    planned = plan_features(video, tuple(wanted.desired))
    return PlanResponse(video_id=video.video_id, **planned.model_dump())


@router.post("/videos/{video_id}/features")
def analyze(caller: Writer, video_id: UUID, wanted: Analysis) -> AnalysisResponse:
    """Extension: start the desired features and all they need as one run."""
    video = start_analysis().analyze(caller.account_id, str(video_id), wanted.request(tuple(wanted.desired)))
    statuses = {f: video.feature(f).status for f in wanted.desired}
    return AnalysisResponse(video_id=video.video_id, features=statuses, unserved_options=wanted.unserved())


@router.post("/videos/{video_id}/features/{feature}")
def trigger(
    caller: Writer, video_id: UUID, feature: str, options: Annotated[Trigger | None, Body()] = None
) -> TriggerResponse:
    """Start one feature: transcript, captions, embeddings or objects. Repeating it does nothing, unless forced."""
    name = _triggerable(feature)
    asked = options or Trigger()
    video: Video = start_analysis().trigger(caller.account_id, str(video_id), asked.request((name,)))
    status = video.feature(name).status
    return TriggerResponse(video_id=video.video_id, feature=name, status=status, unserved_options=asked.unserved())


def _triggerable(feature: str) -> Feature:
    if feature not in {f.value for f in CATALOG}:
        raise NotFound(f"There is no feature {feature!r} to trigger; see GET /v2/features.", field="feature")
    return Feature(feature)
