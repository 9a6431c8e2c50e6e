"""First state of the machine: tell the following ones what there is to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cinedex.analysis.domain.analysis_plan import AnalysisPlan
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.analysis.ports.result_store import ResultStore
from cinedex.analysis.ports.runs import RunRepository
from cinedex.analysis.usecases.advance_features import advance
from cinedex.library.domain.feature import Feature, FeatureState
from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import VideoRepository
from cinedex.library.usecases.update_with_retry import update_with_retry

FRAME_STEPS: dict[Feature, tuple[str, ...]] = {
    Feature.CAPTIONS: ("detect_objects", "read_text", "describe_segments"),
    Feature.OBJECTS: ("detect_objects",),
}


@dataclass(frozen=True)
class BeginAnalysis:
    """Answers the work order that travels through the machine: references and switches, no findings."""

    videos: VideoRepository
    runs: RunRepository
    results: ResultStore

    def __call__(self, account_id: str, video_id: str, run_id: str) -> dict[str, Any]:
        run = self.runs.get(video_id, run_id)
        video = update_with_retry(
            self.videos, account_id, video_id, lambda v: advance(v, run, run.features, FeatureState.begun)
        )
        return self._work_order(video, run)

    def _work_order(self, video: Video, run: AnalysisRun) -> dict[str, Any]:
        transcribe = Feature.TRANSCRIPT in run.generations
        plan_key = None if transcribe else video.plan_key
        steps = frame_steps(run, video)
        return {
            "account_id": run.account_id,
            "video_id": run.video_id,
            "run_id": run.run_id,
            "scope": run.scope,
            "media": {"bucket": video.media.bucket, "key": video.media.key, "etag": video.media.etag},
            "transcribe": transcribe,
            "watch": bool(steps),
            "embed": Feature.EMBEDDINGS in run.generations,
            "options": {
                "transcribe_speech": run.options.get("transcribe_speech", {}),
                "detect_shots": {},
                "analyze_chunk": {**run.options.get("analyze_chunk", {}), "steps": steps},
                "embed_segments": {},
            },
            "plan_key": plan_key or "",
            "parts": self._parts(plan_key),
        }

    def _parts(self, plan_key: str | None) -> list[dict[str, Any]]:
        if plan_key is None:
            return []
        plan = AnalysisPlan.model_validate(self.results.get(plan_key))
        return [part.model_dump(mode="json") for part in plan.parts]


def frame_steps(run: AnalysisRun, video: Video) -> list[str]:
    """What to do with the frames of each part; sound without pictures is still described."""
    wanted = [s for f in (Feature.CAPTIONS, Feature.OBJECTS) if f in run.generations for s in FRAME_STEPS[f]]
    if video.probe and not video.probe.has_video:
        wanted = [s for s in wanted if s == "describe_segments"]
    return list(dict.fromkeys(wanted))
