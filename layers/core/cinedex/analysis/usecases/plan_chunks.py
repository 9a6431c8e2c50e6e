"""Speech and shots are known: cut the video, and let transcript and scenes be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cinedex.analysis.domain.analysis_plan import AnalysisPlan
from cinedex.analysis.domain.model_results import ModelInfo, Shots, Transcript, Utterance
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.analysis.ports.result_store import ResultStore
from cinedex.analysis.ports.runs import RunRepository
from cinedex.analysis.usecases.advance_features import advance, is_current
from cinedex.kernel.span import Span, span
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.segmenting import cut_segments, group_parts
from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import VideoRepository
from cinedex.library.usecases.publish_video import PublishVideo
from cinedex.timeline.entries import TimelineEntry, Track
from cinedex.timeline.timeline_store import Timeline


@dataclass(frozen=True)
class PlanChunks:
    """Writes the plan as one result object, the two tracks, and the words into the index."""

    videos: VideoRepository
    runs: RunRepository
    results: ResultStore
    timeline: Timeline
    publish: PublishVideo

    def __call__(self, account_id: str, video_id: str, run_id: str, keys: dict[str, str]) -> dict[str, Any]:
        run = self.runs.get(video_id, run_id)
        video = self.videos.get(account_id, video_id)
        transcript = Transcript.model_validate(self.results.get(keys["transcribe_speech"]))
        shots = Shots.model_validate(self.results.get(keys["detect_shots"]))
        plan = make_plan(video, transcript, shots)
        plan_key = f"results/{account_id}/{video_id}/{run_id}/plan.json"
        self.results.put(plan_key, plan.model_dump(mode="json"))
        if is_current(video, run, Feature.TRANSCRIPT):
            self._publish(video, run, plan, plan_key, (*transcript.models, *shots.models))
        return {"plan_key": plan_key, "parts": [part.model_dump(mode="json") for part in plan.parts]}

    def _publish(
        self,
        video: Video,
        run: AnalysisRun,
        plan: AnalysisPlan,
        plan_key: str,
        models: tuple[ModelInfo, ...],
    ) -> None:
        generation = run.generations[Feature.TRANSCRIPT]
        spoken = [transcript_entry(i, u) for i, u in enumerate(plan.utterances)]
        scenes = [TimelineEntry(index=i, span=s) for i, s in enumerate(plan.shots)]
        self.timeline.replace(video.video_id, Track.TRANSCRIPT, generation, spoken)
        self.timeline.replace(video.video_id, Track.SCENES, generation, scenes)
        labels = tuple(m.label for m in models)

        def finish(before: Video) -> Video:
            after = advance(before, run, (Feature.TRANSCRIPT,), lambda s: s.finished(labels))
            if after is before:
                return before
            return after.changed(plan_key=plan_key, part_count=len(plan.parts), language=plan.language)

        self.publish(video, finish)


def make_plan(video: Video, transcript: Transcript, shots: Shots) -> AnalysisPlan:
    """The longer of probe and decode decides how long the video is: containers lie about it."""
    duration_s = max(video.whole.end_s, shots.duration_s)
    seen = _stretched(shots.shots, duration_s)
    speech = [u.span for u in transcript.utterances]
    segments = cut_segments(duration_s, seen, speech, video.segmenting)
    return AnalysisPlan(
        duration_s=duration_s,
        language=transcript.language,
        shots=seen,
        segments=segments,
        parts=group_parts(segments),
        utterances=transcript.utterances,
    )


def _stretched(shots: tuple[Span, ...], duration_s: float) -> tuple[Span, ...]:
    """Sound that goes on after the last picture belongs to the last shot."""
    return (*shots[:-1], span(shots[-1].start_s, duration_s)) if shots else ()


def transcript_entry(index: int, utterance: Utterance) -> TimelineEntry:
    words = [[w.span.start_s, w.span.end_s, w.text] for w in utterance.words]
    return TimelineEntry(index=index, span=utterance.span, body={"text": utterance.text, "words": words})
