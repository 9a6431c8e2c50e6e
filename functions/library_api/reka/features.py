"""`/v2/features` and `/v2/videos/{id}/features`: what can be computed, what would have to run, and starting it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from cinedex.bootstrap import browse_library, start_analysis
from cinedex.domain.errors import InvalidInput, NotFound
from cinedex.domain.feature import CATALOG, Feature, FeatureInfo, FeatureStatus
from cinedex.domain.feature_plan import FeaturePlan, plan_features
from cinedex.domain.segmenting import SegmentingOptions
from cinedex.domain.video import Video
from cinedex.usecases.start_analysis import AnalysisRequest
from fastapi import APIRouter, Body
from pydantic import BaseModel, Field

from ..caller import Reader, Writer

router = APIRouter(prefix="/v2", tags=["features"])


class CatalogResponse(BaseModel):
    features: list[FeatureInfo]


class Desired(BaseModel):
    desired: list[Feature] = Field(min_length=1)


class PlanResponse(FeaturePlan):
    video_id: str
    reconfigure: dict[Feature, Any] = Field(default={}, description="Always empty: scenes come with every transcript.")


class ChunkingConfig(BaseModel):
    """Seconds; further keys of the original are accepted and ignored."""

    min_len: float = 15
    max_len: float = 25
    use_scene_detection: bool = False
    use_asr: bool = Field(default=True, description="Accepted; speech is always transcribed.")
    vad_threshold: float | None = Field(default=None, description="Accepted; the model's own is used.")
    language: str | None = Field(default=None, max_length=35, description="ISO 639-1; null lets the model decide.")

    def segmenting(self) -> SegmentingOptions:
        try:
            return SegmentingOptions(
                min_len_s=self.min_len,
                max_len_s=self.max_len,
                use_scene_detection=self.use_scene_detection,
            )
        except ValueError as error:
            raise InvalidInput(
                "chunking_config: 1 <= min_len <= max_len <= 600 seconds.", param="chunking_config"
            ) from error


class PersonLocalization(BaseModel):
    """Accepted as the original's clients send it; the detector here has none of these settings."""

    max_fps: int = 15
    max_failed_frames: int = 10
    num_photos_per_person: int = 3
    max_objects_per_chunk: int = 10
    conf: float = 0.9
    iou: float = 0.7


class Trigger(BaseModel):
    """Options of the four triggers; each reads its own."""

    force: bool = False
    force_feature_queue: bool = Field(default=False, description="Accepted; there is one queue.")
    person_localization: PersonLocalization | None = None
    chunking_config: ChunkingConfig | None = None
    caption_prompt: str | None = Field(default=None, max_length=4000)

    def request(self, feature: Feature) -> AnalysisRequest:
        chunking = self.chunking_config or ChunkingConfig()
        options: dict[str, dict[str, Any]] = {}
        if chunking.language:
            options["transcribe_speech"] = {"language": chunking.language}
        if self.caption_prompt:
            options["watch_part"] = {"caption_prompt": self.caption_prompt}
        return AnalysisRequest((feature,), self.force, chunking.segmenting(), options)


class Analysis(Trigger):
    """Unlike a single trigger, cuts at scenes by default: moments are then what a viewer would call one."""

    desired: list[Feature] = Field(min_length=1)
    chunking_config: ChunkingConfig | None = ChunkingConfig(use_scene_detection=True)


class TriggerResponse(BaseModel):
    video_id: str
    feature: Feature
    status: FeatureStatus


class AnalysisResponse(BaseModel):
    video_id: str
    features: dict[Feature, FeatureStatus]


@router.get("/features")
def catalog(caller: Reader) -> CatalogResponse:
    """What can be triggered, what each needs and what it yields."""
    return CatalogResponse(features=list(CATALOG.values()))


@router.post("/videos/{video_id}/features/plan")
def plan(caller: Reader, video_id: UUID, wanted: Desired) -> PlanResponse:
    """What would have to run for the desired features to be ready; changes nothing."""
    video = browse_library().get(caller.account_id, str(video_id))
    planned = plan_features(video, tuple(wanted.desired))
    return PlanResponse(video_id=video.video_id, **planned.model_dump())


@router.post("/videos/{video_id}/features")
def analyze(caller: Writer, video_id: UUID, wanted: Analysis) -> AnalysisResponse:
    """Extension: start the desired features and all they need as one run."""
    request = wanted.request(wanted.desired[0])
    request = AnalysisRequest(tuple(wanted.desired), wanted.force, request.segmenting, request.options)
    video = start_analysis().analyze(caller.account_id, str(video_id), request)
    return AnalysisResponse(video_id=video.video_id, features={f: video.feature(f).status for f in wanted.desired})


@router.post("/videos/{video_id}/features/{feature}")
def trigger(
    caller: Writer, video_id: UUID, feature: str, options: Annotated[Trigger | None, Body()] = None
) -> TriggerResponse:
    """Start one feature: transcript, captions, embeddings or objects. Repeating it does nothing, unless forced."""
    name = _triggerable(feature)
    request = (options or Trigger()).request(name)
    video: Video = start_analysis().trigger(caller.account_id, str(video_id), request)
    return TriggerResponse(video_id=video.video_id, feature=name, status=video.feature(name).status)


def _triggerable(feature: str) -> Feature:
    if feature not in {f.value for f in CATALOG}:
        raise NotFound(f"There is no feature {feature!r} to trigger; see GET /v2/features.", param="feature")
    return Feature(feature)
