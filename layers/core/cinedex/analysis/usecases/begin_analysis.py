"""State BeginAnalysis: mark the features of the run as started and return what the execution has to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cinedex.analysis.domain.analysis_plan import AnalysisPlan
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.analysis.domain.state_events import AnalysisJob
from cinedex.analysis.domain.task_message import MediaReference, TaskCost
from cinedex.analysis.ports.result_store import ResultStore
from cinedex.analysis.ports.runs import RunRepository
from cinedex.analysis.usecases.advance_features import advance
from cinedex.analysis.usecases.plan_chunks import frame_size
from cinedex.library.domain.analysis_cost import analysis_cost_s
from cinedex.library.domain.feature import Feature, FeatureState
from cinedex.library.domain.segmenting import Chunk
from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import VideoRepository
from cinedex.library.usecases.update_with_retry import update_with_retry

FRAME_STEPS: dict[Feature, tuple[str, ...]] = {
    Feature.CAPTIONS: ("detect_objects", "read_text", "describe_segments"),
    Feature.OBJECTS: ("detect_objects",),
}
SAMPLED_STEPS = ("detect_objects", "read_text")


@dataclass(frozen=True)
class BeginAnalysis:
    """Safe to repeat."""

    videos: VideoRepository
    runs: RunRepository
    results: ResultStore
    chunks_at_once: int

    def __call__(self, account_id: str, video_id: str, run_id: str) -> AnalysisJob:
        run = self.runs.get(video_id, run_id)
        video = update_with_retry(
            self.videos, account_id, video_id, lambda v: advance(v, run, run.features, FeatureState.started)
        )
        return self._job(video, run)

    def _job(self, video: Video, run: AnalysisRun) -> AnalysisJob:
        transcribe = Feature.TRANSCRIPT in run.generations
        plan_key = None if transcribe else video.plan_key
        steps = frame_steps(run, video)
        return AnalysisJob(
            account_id=run.account_id,
            video_id=run.video_id,
            run_id=run.run_id,
            scope=run.scope,
            media=MediaReference(bucket=video.media.bucket, key=video.media.key, etag=video.media.etag),
            priority=run.priority,
            cost=_cost(video),
            chunks_at_once=self.chunks_at_once,
            transcribe=transcribe,
            read_subtitles=transcribe and _may_have_subtitles(video),
            analyze_chunks=bool(steps),
            embed=Feature.EMBEDDINGS in run.generations,
            options={
                "transcribe_speech": run.options.get("transcribe_speech", {}),
                "detect_shots": self._sampling(run, video, steps) if transcribe else {},
                "read_subtitles": {},
                "analyze_chunk": {**run.options.get("analyze_chunk", {}), "steps": steps},
                "embed_segments": {},
            },
            plan_key=plan_key or "",
            chunks=self._chunks(plan_key),
        )

    def _sampling(self, run: AnalysisRun, video: Video, steps: Sequence[str]) -> dict[str, Any]:
        """If chunks are not analysed in parallel, the pass that detects shots samples their frames, too: one decoding
        instead of two.
        """
        sampled = [step for step in SAMPLED_STEPS if step in steps]
        if self.chunks_at_once > 1 or not sampled:
            return {}
        detection = run.options.get("analyze_chunk", {}).get("detection") or {}
        return {"sample_frames": {"steps": sampled, "detection": detection, "frame_size": frame_size(video)}}

    def _chunks(self, plan_key: str | None) -> tuple[Chunk, ...]:
        return () if plan_key is None else AnalysisPlan.model_validate(self.results.get(plan_key)).chunks


def _may_have_subtitles(video: Video) -> bool:
    """Text in the file; an earlier version has listed no tracks."""
    tracks = video.probe.subtitle_tracks if video.probe else ()
    return tracks is None or any(track.unread is None for track in tracks)


def _cost(video: Video) -> TaskCost:
    if video.probe is None or video.probe.duration_s <= 0:
        return TaskCost(per_s=0.0, video_s=0.0)
    cost_s = video.probe.cost_s or analysis_cost_s(video.probe)
    return TaskCost(per_s=round(cost_s / video.probe.duration_s, 4), video_s=video.probe.duration_s)


def frame_steps(run: AnalysisRun, video: Video) -> list[str]:
    """The steps of each chunk. A file without pictures still gets captions, from its speech."""
    features = [f for f in (Feature.CAPTIONS, Feature.OBJECTS) if f in run.generations]
    steps = dict.fromkeys(step for feature in features for step in FRAME_STEPS[feature])
    if video.has_no_pictures:
        return [step for step in steps if step == "describe_segments"]
    return list(steps)
