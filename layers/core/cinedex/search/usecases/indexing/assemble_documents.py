"""Assemble the index documents of a video from its timeline and metadata."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cinedex.analysis.domain.analysis_plan import AnalysisPlan
from cinedex.analysis.domain.model_results import PLACEHOLDER_CAPTIONS
from cinedex.analysis.ports.result_store import ResultStore
from cinedex.kernel.span import Span
from cinedex.library.domain.feature import Feature, FeatureStatus
from cinedex.library.domain.segmenting import Segment
from cinedex.library.domain.video import Video
from cinedex.search.domain.index.segment_document import EMBEDDED, SegmentDocument
from cinedex.subtitles.subtitle_store import load_all_cues
from cinedex.timeline.entries import TimelineEntry, Track
from cinedex.timeline.modality import Modality
from cinedex.timeline.timeline_store import Timeline

TimedText = tuple[Span, str]
SegmentTexts = defaultdict[Modality, dict[str, None]]


@dataclass(frozen=True)
class AssembleDocuments:
    """One document for each segment, without vectors, from the tracks that are ready."""

    results: ResultStore
    timeline: Timeline

    def __call__(self, video: Video) -> list[SegmentDocument]:
        if video.plan_key is None or not video.has_segments:
            return []
        segments = AnalysisPlan.model_validate(self.results.get(video.plan_key)).segments
        texts = _texts_of(segments, self._timed_texts(video))
        return [_document(video, segment, texts[segment.index]) for segment in segments]

    def _timed_texts(self, video: Video) -> Iterator[tuple[Modality, Iterator[TimedText]]]:
        if _ready(video, Feature.TRANSCRIPT):
            yield Modality.SPEECH, self._spoken(video)
        if _ready(video, Feature.CAPTIONS):
            yield Modality.CAPTION, self._texts(video, Track.CAPTIONS, Feature.CAPTIONS, "caption")
            yield Modality.SCREEN_TEXT, self._texts(video, Track.SCREEN_TEXT, Feature.CAPTIONS, "text")
        if _ready(video, Feature.OBJECTS):
            yield Modality.OBJECTS, self._objects(video)
        yield Modality.SUBTITLE, self._subtitles(video)

    def _spoken(self, video: Video) -> Iterator[TimedText]:
        """Each utterance at its middle, so that it belongs to one segment only."""
        for entry in self._entries(video, Track.TRANSCRIPT, Feature.TRANSCRIPT):
            middle_s = entry.span.middle_s
            yield Span(start_s=middle_s, end_s=middle_s), str(entry.body["text"])

    def _subtitles(self, video: Video) -> Iterator[TimedText]:
        """Each cue at its middle; not those after the end of the video, which belong to a longer version of it."""
        for cue in load_all_cues(self.results, video.subtitles):
            middle_s = cue.span.middle_s
            if middle_s < video.whole.end_s:
                yield Span(start_s=middle_s, end_s=middle_s), " ".join(cue.text.split())

    def _texts(self, video: Video, track: Track, feature: Feature, field: str) -> Iterator[TimedText]:
        for entry in self._entries(video, track, feature):
            text = str(entry.body[field])
            if text not in PLACEHOLDER_CAPTIONS:
                yield entry.span, text

    def _objects(self, video: Video) -> Iterator[TimedText]:
        for entry in self._entries(video, Track.OBJECTS, Feature.OBJECTS):
            labels = dict.fromkeys(str(d["type"]) for d in entry.body["detections"])
            yield entry.span, ", ".join(labels)

    def _entries(self, video: Video, track: Track, feature: Feature) -> Iterator[TimelineEntry]:
        return self.timeline.entries(video.video_id, track, video.feature(feature).generation)


def _ready(video: Video, feature: Feature) -> bool:
    return video.feature(feature).status is FeatureStatus.READY


def _texts_of(
    segments: Sequence[Segment], timed_texts: Iterator[tuple[Modality, Iterator[TimedText]]]
) -> dict[int, SegmentTexts]:
    """The distinct texts of each segment, in order; segments have no gaps between them.

    Tracks store whole milliseconds, so the boundaries are rounded as well. Otherwise each caption would overlap the
    next segment by a fraction of a millisecond.
    """
    starts_s = [round(s.span.start_s * 1000) / 1000 for s in segments]
    texts: dict[int, SegmentTexts] = defaultdict(lambda: defaultdict(dict))
    for modality, entries in timed_texts:
        for span, text in entries:
            for segment in segments[_overlapping(starts_s, span)]:
                texts[segment.index][modality][text] = None
    return texts


def _overlapping(starts_s: Sequence[float], span: Span) -> slice:
    """The segments that overlap `span`; an instant on a boundary belongs to the segment that starts there."""
    first = max(0, bisect_right(starts_s, span.start_s) - 1)
    return slice(first, max(first + 1, bisect_left(starts_s, span.end_s)))


def _document(video: Video, segment: Segment, texts: Mapping[Modality, Mapping[str, None]]) -> SegmentDocument:
    custom = (text for text in video.user_metadata.values() if isinstance(text, str))
    metadata = " ".join(t for t in (video.title or video.name, video.description, *custom) if t)
    joined = {m: (" " if m in EMBEDDED else "\n").join(lines) for m, lines in texts.items()}
    return SegmentDocument(
        account_id=video.account_id,
        video_id=video.video_id,
        collection_id=video.collection_id,
        segment_index=segment.index,
        span=segment.span,
        texts=joined | ({Modality.METADATA: metadata} if metadata else {}),
    )
