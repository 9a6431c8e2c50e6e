"""State MergeChunks: the results of all chunks become captions, on-screen text and objects on the timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cinedex.analysis.domain.analysis_plan import AnalysisPlan
from cinedex.analysis.domain.model_results import DetectedObjects, ReadText, SegmentCaptions
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.analysis.domain.state_events import ChunkResult
from cinedex.analysis.domain.timeline_entries import caption_entries, object_entries, screen_text_entries
from cinedex.analysis.ports.result_store import ResultStore
from cinedex.analysis.ports.runs import RunRepository
from cinedex.analysis.usecases.advance_features import advance, is_current
from cinedex.analysis.usecases.fail_analysis import code_of
from cinedex.kernel.errors import INTERNAL_ERROR, AnalysisFailed, InternalError
from cinedex.library.domain.feature import Feature, FeatureStatus
from cinedex.library.domain.segmenting import Chunk
from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import VideoRepository
from cinedex.library.usecases.publish_video import PublishVideo
from cinedex.timeline.entries import Track
from cinedex.timeline.timeline_store import Timeline


@dataclass(frozen=True)
class MergeChunks:
    """Captions and objects become ready here. One failed chunk fails them, and the reason names it.

    The results of the other chunks stay stored, so a retry computes only what failed.
    """

    videos: VideoRepository
    runs: RunRepository
    results: ResultStore
    timeline: Timeline
    publish: PublishVideo

    def __call__(
        self, account_id: str, video_id: str, run_id: str, plan_key: str, chunks: Sequence[ChunkResult]
    ) -> dict[str, Any]:
        plan = AnalysisPlan.model_validate(self.results.get(plan_key))
        run = self.runs.get(video_id, run_id)
        video = self.videos.get(account_id, video_id)
        failure = _failure_of(plan.chunks, chunks)
        if failure is not None:
            self._fail(video, run, failure)
            return {"chunks": len(chunks)}
        models: dict[Feature, tuple[str, ...]] = {}
        if is_current(video, run, Feature.CAPTIONS):
            models[Feature.CAPTIONS] = self._store_captions(video, run, plan, chunks)
        if is_current(video, run, Feature.OBJECTS):
            models[Feature.OBJECTS] = self._store_objects(video, run, plan, chunks)

        def finish(before: Video) -> Video:
            for feature, labels in models.items():
                before = advance(before, run, (feature,), lambda s, labels=labels: s.finished(labels))  # type: ignore[misc]
            return before

        self.publish(video, finish)
        return {"chunks": len(chunks)}

    def _fail(self, video: Video, run: AnalysisRun, failure: AnalysisFailed | InternalError) -> None:
        """What needs pictures has failed; speech is still embedded. Raises the failure if there is no speech."""
        if video.feature(Feature.TRANSCRIPT).status is not FeatureStatus.READY:
            raise failure
        code, features = code_of(type(failure).__name__), (Feature.CAPTIONS, Feature.OBJECTS)
        self.publish(video, lambda before: advance(before, run, features, lambda s: s.failed(failure.message, code)))

    def _store_captions(
        self, video: Video, run: AnalysisRun, plan: AnalysisPlan, chunks: Sequence[ChunkResult]
    ) -> tuple[str, ...]:
        captions = [SegmentCaptions.model_validate(d) for d in self._load(chunks, "describe_segments")]
        texts = [ReadText.model_validate(d) for d in self._load(chunks, "read_text")]
        generation = run.generations[Feature.CAPTIONS]
        self.timeline.replace(video.video_id, Track.CAPTIONS, generation, caption_entries(captions))
        screen_text = screen_text_entries(texts, plan.shots, plan.duration_s)
        self.timeline.replace(video.video_id, Track.SCREEN_TEXT, generation, screen_text)
        return _labels([*captions, *texts])

    def _store_objects(
        self, video: Video, run: AnalysisRun, plan: AnalysisPlan, chunks: Sequence[ChunkResult]
    ) -> tuple[str, ...]:
        objects = [DetectedObjects.model_validate(d) for d in self._load(chunks, "detect_objects")]
        generation = run.generations[Feature.OBJECTS]
        self.timeline.replace(video.video_id, Track.OBJECTS, generation, object_entries(objects, plan.segments))
        return _labels(objects)

    def _load(self, chunks: Sequence[ChunkResult], step: str) -> list[Any]:
        """Results of a step in order of time; a file without pictures has none."""
        ordered = sorted(chunks, key=lambda c: c.chunk)
        return [self.results.get(c.results[step]) for c in ordered if step in c.results]


def _failure_of(planned: tuple[Chunk, ...], chunks: Sequence[ChunkResult]) -> AnalysisFailed | InternalError | None:
    failed = [c for c in chunks if c.error]
    if not failed:
        return None
    first, spans = failed[0], {c.index: c.span for c in planned}
    at = spans[first.chunk]
    kind = InternalError if any(_is_internal(c) for c in failed) else AnalysisFailed
    return kind(
        f"Chunk {first.chunk} ({at.start_s:.0f}-{at.end_s:.0f} s) failed, {len(failed)} of {len(chunks)} chunks "
        f"in all: {first.cause or first.error}"
    )


def _is_internal(chunk: ChunkResult) -> bool:
    return code_of(chunk.error or "") == INTERNAL_ERROR


def _labels(results: Sequence[DetectedObjects | ReadText | SegmentCaptions]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.label for r in results for m in r.models))
