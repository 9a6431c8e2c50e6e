"""Collect what is known of each segment as texts: for the index, and for the embedding model."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cinedex.domain.analysis_plan import AnalysisPlan
from cinedex.domain.feature import Feature, FeatureStatus
from cinedex.domain.moment import Modality, SegmentDocument
from cinedex.domain.segmenting import Segment
from cinedex.domain.span import Span
from cinedex.domain.timeline import TimelineEntry, Track
from cinedex.domain.video import Video
from cinedex.ports.library import VideoRepository
from cinedex.ports.media_store import ResultStore
from cinedex.ports.timeline import Timeline

EMBEDDED = (Modality.SPEECH, Modality.CAPTION)


@dataclass(frozen=True)
class GatherSegments:
    """Documents without vectors, from the tracks that are ready; one for each segment."""

    results: ResultStore
    timeline: Timeline

    def __call__(self, video: Video) -> list[SegmentDocument]:
        if video.plan_key is None or not _ready(video, Feature.TRANSCRIPT):
            return []
        plan = AnalysisPlan.model_validate(self.results.get(video.plan_key))
        sources = {m: list(spans) for m, spans in self._evidence(video)}
        return [_document(video, segment, sources) for segment in plan.segments]

    def _evidence(self, video: Video) -> Iterator[tuple[Modality, Iterator[tuple[Span, str]]]]:
        yield Modality.SPEECH, self._spoken(video)
        if _ready(video, Feature.CAPTIONS):
            yield Modality.CAPTION, self._texts(video, Track.CAPTIONS, Feature.CAPTIONS, "caption")
            yield Modality.SCREEN_TEXT, self._texts(video, Track.SCREEN_TEXT, Feature.CAPTIONS, "text")
        if _ready(video, Feature.OBJECTS):
            yield Modality.OBJECTS, self._objects(video)

    def _spoken(self, video: Video) -> Iterator[tuple[Span, str]]:
        """Each utterance at the instant of its middle, so that it belongs to one segment only."""
        for entry in self._entries(video, Track.TRANSCRIPT, Feature.TRANSCRIPT):
            middle_s = entry.span.middle_s
            yield Span(start_s=middle_s, end_s=middle_s), str(entry.body["text"])

    def _texts(self, video: Video, track: Track, feature: Feature, field: str) -> Iterator[tuple[Span, str]]:
        for entry in self._entries(video, track, feature):
            yield entry.span, str(entry.body[field])

    def _objects(self, video: Video) -> Iterator[tuple[Span, str]]:
        for entry in self._entries(video, Track.OBJECTS, Feature.OBJECTS):
            labels = dict.fromkeys(str(d["type"]) for d in entry.body["detections"])
            yield entry.span, ", ".join(labels)

    def _entries(self, video: Video, track: Track, feature: Feature) -> Iterator[TimelineEntry]:
        return self.timeline.entries(video.video_id, track, video.feature(feature).generation)


def _ready(video: Video, feature: Feature) -> bool:
    return video.feature(feature).status is FeatureStatus.READY


def _document(video: Video, segment: Segment, sources: dict[Modality, list[tuple[Span, str]]]) -> SegmentDocument:
    texts: dict[Modality, list[str]] = defaultdict(list)
    for modality, evidence in sources.items():
        for at, text in evidence:
            if at.overlaps(segment.span) and _owns(segment.span, at) and text not in texts[modality]:
                texts[modality].append(text)
    about = " ".join(t for t in (video.title or video.name, video.description) if t)
    joined = {m: _join(m, lines) for m, lines in texts.items() if lines}
    return SegmentDocument(
        account_id=video.account_id,
        video_id=video.video_id,
        collection_id=video.collection_id,
        segment_index=segment.index,
        span=segment.span,
        texts=joined | ({Modality.ABOUT: about} if about else {}),
    )


def _owns(segment: Span, at: Span) -> bool:
    """An instant on a boundary belongs to the segment that begins there."""
    return at.length_s > 0 or segment.holds(at.start_s)


def _join(modality: Modality, lines: list[str]) -> str:
    return (" " if modality in EMBEDDED else "\n").join(lines)


@dataclass(frozen=True)
class WriteDocuments:
    """State of the machine: store the texts that the embedding model is to read."""

    videos: VideoRepository
    results: ResultStore
    gather: GatherSegments

    def __call__(self, account_id: str, video_id: str, run_id: str) -> dict[str, Any]:
        documents = self.gather(self.videos.get(account_id, video_id))
        slots = [(d.segment_index, m) for d in documents for m in EMBEDDED if d.texts.get(m)]
        by_index = {d.segment_index: d for d in documents}
        key = f"results/{account_id}/{video_id}/{run_id}/documents.json"
        self.results.put(
            key,
            {
                "slots": [[index, modality.value] for index, modality in slots],
                "texts": [by_index[index].texts[modality] for index, modality in slots],
            },
        )
        return {"documents_key": key, "count": len(slots)}
