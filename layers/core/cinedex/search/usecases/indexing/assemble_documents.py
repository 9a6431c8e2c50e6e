"""Assemble the index documents of a video from its timeline and metadata."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cinedex.analysis.domain.analysis_plan import AnalysisPlan
from cinedex.analysis.domain.model_results import PLACEHOLDER_CAPTIONS
from cinedex.analysis.ports.result_store import ResultStore
from cinedex.kernel.span import Span
from cinedex.kernel.text.stemming import ENGLISH_ONLY, primary_language
from cinedex.library.domain.feature import Feature, FeatureStatus
from cinedex.library.domain.segmenting import Segment
from cinedex.library.domain.video import Video
from cinedex.search.domain.index.segment_document import EMBEDDED, SegmentDocument
from cinedex.subtitles.subtitle_store import load_tracks
from cinedex.timeline.entries import TimelineEntry, Track
from cinedex.timeline.modality import Modality
from cinedex.timeline.timeline_store import Timeline


class TimedText(NamedTuple):
    """`languages` are those in which the text may be."""

    span: Span
    text: str
    languages: tuple[str, ...] = ENGLISH_ONLY


SegmentTexts = defaultdict[Modality, dict[str, tuple[str, ...]]]
"""The distinct texts of a segment with their languages."""


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
            lines = self._texts(video, Track.SCREEN_TEXT, Feature.CAPTIONS, "text")
            yield Modality.SCREEN_TEXT, (line._replace(languages=_languages_of(video)) for line in lines)
        if _ready(video, Feature.OBJECTS):
            yield Modality.OBJECTS, self._objects(video)
        yield Modality.SUBTITLE, self._subtitles(video)

    def _spoken(self, video: Video) -> Iterator[TimedText]:
        """Each utterance at its middle, so that it belongs to one segment only."""
        for entry in self._entries(video, Track.TRANSCRIPT, Feature.TRANSCRIPT):
            middle_s = entry.span.middle_s
            language = entry.body.get("language")
            languages = (primary_language(language),) if language else ENGLISH_ONLY
            yield TimedText(Span(start_s=middle_s, end_s=middle_s), str(entry.body["text"]), languages)

    def _subtitles(self, video: Video) -> Iterator[TimedText]:
        """Each cue at its middle; not those after the end of the video, which belong to a longer version of it."""
        for track, cues in load_tracks(self.results, video.subtitles):
            languages = (primary_language(track.language),) if track.language else _languages_of(video)
            for cue in cues:
                middle_s = cue.span.middle_s
                if middle_s < video.whole.end_s:
                    text = " ".join(cue.text.split())
                    yield TimedText(Span(start_s=middle_s, end_s=middle_s), text, languages)

    def _texts(self, video: Video, track: Track, feature: Feature, field: str) -> Iterator[TimedText]:
        for entry in self._entries(video, track, feature):
            text = str(entry.body[field])
            if text not in PLACEHOLDER_CAPTIONS:
                yield TimedText(entry.span, text)

    def _objects(self, video: Video) -> Iterator[TimedText]:
        for entry in self._entries(video, Track.OBJECTS, Feature.OBJECTS):
            labels = dict.fromkeys(str(d["type"]) for d in entry.body["detections"])
            yield TimedText(entry.span, ", ".join(labels))

    def _entries(self, video: Video, track: Track, feature: Feature) -> Iterator[TimelineEntry]:
        return self.timeline.entries(video.video_id, track, video.feature(feature).generation)


def _ready(video: Video, feature: Feature) -> bool:
    return video.feature(feature).status is FeatureStatus.READY


def _languages_of(video: Video) -> tuple[str, ...]:
    """Of texts whose language nothing states: that of the speech, or English, as many titles are."""
    spoken = (primary_language(video.language),) if video.language else ()
    return tuple(dict.fromkeys((*ENGLISH_ONLY, *spoken)))


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
        for span, text, languages in entries:
            for segment in segments[_overlapping(starts_s, span)]:
                known = texts[segment.index][modality]
                known[text] = tuple(dict.fromkeys((*known.get(text, ()), *languages)))
    return texts


def _overlapping(starts_s: Sequence[float], span: Span) -> slice:
    """The segments that overlap `span`; an instant on a boundary belongs to the segment that starts there."""
    first = max(0, bisect_right(starts_s, span.start_s) - 1)
    return slice(first, max(first + 1, bisect_left(starts_s, span.end_s)))


def _document(video: Video, segment: Segment, texts: SegmentTexts) -> SegmentDocument:
    custom = (text for text in video.user_metadata.values() if isinstance(text, str))
    metadata = " ".join(t for t in (video.title or video.name, video.description, *custom) if t)
    joined = {m: (" " if m in EMBEDDED else "\n").join(lines) for m, lines in texts.items()}
    languages = {m: tuple(sorted({code for codes in lines.values() for code in codes})) for m, lines in texts.items()}
    languages |= {Modality.METADATA: _languages_of(video)} if metadata else {}
    return SegmentDocument(
        account_id=video.account_id,
        video_id=video.video_id,
        collection_id=video.collection_id,
        segment_index=segment.index,
        span=segment.span,
        texts=joined | ({Modality.METADATA: metadata} if metadata else {}),
        languages={m: codes for m, codes in languages.items() if codes != ENGLISH_ONLY},
    )
