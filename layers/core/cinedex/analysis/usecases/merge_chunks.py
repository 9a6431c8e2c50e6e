"""Every part has been watched: put captions, on-screen text and objects together for reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cinedex.analysis.domain.analysis_plan import AnalysisPlan
from cinedex.analysis.domain.model_results import DetectedObjects, ReadText, SegmentCaptions
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.analysis.domain.timeline_entries import caption_entries, object_entries, screen_text_entries
from cinedex.analysis.ports.result_store import ResultStore
from cinedex.analysis.ports.runs import RunRepository
from cinedex.analysis.usecases.advance_features import advance, is_current
from cinedex.analysis.usecases.fail_analysis import code_of
from cinedex.kernel.errors import INTERNAL_ERROR, AnalysisFailed, InternalError
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.segmenting import Chunk
from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import VideoRepository
from cinedex.library.usecases.publish_video import PublishVideo
from cinedex.timeline.entries import Track
from cinedex.timeline.timeline_store import Timeline


@dataclass(frozen=True)
class MergeChunks:
    """A feature becomes ready here when all of its parts are there; one bad part is named and fails it.

    The good parts stay stored, so a retry computes only the bad ones.
    """

    videos: VideoRepository
    runs: RunRepository
    results: ResultStore
    timeline: Timeline
    publish: PublishVideo

    def __call__(
        self, account_id: str, video_id: str, run_id: str, plan_key: str, parts: Sequence[dict[str, Any]]
    ) -> dict[str, Any]:
        plan = AnalysisPlan.model_validate(self.results.get(plan_key))
        _require_whole(plan.parts, parts)
        run = self.runs.get(video_id, run_id)
        video = self.videos.get(account_id, video_id)
        models: dict[Feature, tuple[str, ...]] = {}
        if is_current(video, run, Feature.CAPTIONS):
            models[Feature.CAPTIONS] = self._publish_captions(video, run, plan, parts)
        if is_current(video, run, Feature.OBJECTS):
            models[Feature.OBJECTS] = self._publish_objects(video, run, plan, parts)

        def finish(before: Video) -> Video:
            for feature, labels in models.items():
                before = advance(before, run, (feature,), lambda s, labels=labels: s.finished(labels))  # type: ignore[misc]
            return before

        self.publish(video, finish)
        return {"parts": len(parts)}

    def _publish_captions(
        self, video: Video, run: AnalysisRun, plan: AnalysisPlan, parts: Sequence[dict[str, Any]]
    ) -> tuple[str, ...]:
        captions = [SegmentCaptions.model_validate(d) for d in self._load(parts, "describe_segments")]
        texts = [ReadText.model_validate(d) for d in self._load(parts, "read_text")]
        generation = run.generations[Feature.CAPTIONS]
        self.timeline.replace(video.video_id, Track.CAPTIONS, generation, caption_entries(captions))
        read = screen_text_entries(texts, plan.shots, plan.duration_s)
        self.timeline.replace(video.video_id, Track.SCREEN_TEXT, generation, read)
        return _labels([*captions, *texts])

    def _publish_objects(
        self, video: Video, run: AnalysisRun, plan: AnalysisPlan, parts: Sequence[dict[str, Any]]
    ) -> tuple[str, ...]:
        found = [DetectedObjects.model_validate(d) for d in self._load(parts, "detect_objects")]
        generation = run.generations[Feature.OBJECTS]
        entries = object_entries(found, plan.segments)
        self.timeline.replace(video.video_id, Track.OBJECTS, generation, entries)
        return _labels(found)

    def _load(self, parts: Sequence[dict[str, Any]], step: str) -> list[Any]:
        """Documents of a step in order of time; none when the video has no pictures."""
        ordered = sorted(parts, key=lambda p: int(p["part"]))
        return [self.results.get(p["results"][step]) for p in ordered if step in p["results"]]


def _require_whole(planned: tuple[Chunk, ...], parts: Sequence[dict[str, Any]]) -> None:
    bad = [p for p in parts if p.get("error")]
    if bad:
        first, spans = bad[0], {p.index: p.span for p in planned}
        at = spans[int(first["part"])]
        failure = InternalError if any(_is_ours(p) for p in bad) else AnalysisFailed
        raise failure(
            f"Part {first['part']} ({at.start_s:.0f}-{at.end_s:.0f} s) failed, {len(bad)} of {len(parts)} parts "
            f"in all: {first.get('cause') or first['error']}"
        )


def _is_ours(part: dict[str, Any]) -> bool:
    return code_of(str(part["error"])) == INTERNAL_ERROR


def _labels(results: Sequence[DetectedObjects | ReadText | SegmentCaptions]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.label for r in results for m in r.models))
