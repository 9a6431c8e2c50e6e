"""Extract quotes from segments, each with its own time where it has one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from cinedex.answers.domain.quote import Quote, repeats_originals
from cinedex.kernel.span import Span
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.video import Video
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.search.domain.ranking.highlight import sentences
from cinedex.subtitles.cue import Cue
from cinedex.subtitles.subtitle_store import SubtitleStore, load_all_cues
from cinedex.timeline.entries import Track
from cinedex.timeline.modality import Modality
from cinedex.timeline.timeline_store import Timeline

TIMED = {
    Modality.SPEECH: (Track.TRANSCRIPT, Feature.TRANSCRIPT),
    Modality.SCREEN_TEXT: (Track.SCREEN_TEXT, Feature.CAPTIONS),
}
ENTRIES_MAX = 50
CuesOf = Callable[[str], Sequence[Cue]]
"""The cues of a video by its id, in order of their middle; they are loaded once."""


@dataclass(frozen=True)
class ExtractQuotes:
    """Utterances, subtitles and lines of on-screen text have their own times; others have those of their segment."""

    timeline: Timeline
    subtitles: SubtitleStore

    def __call__(
        self, segments: Sequence[ScoredSegment], videos: Mapping[str, Video], parts: Mapping[str, Span]
    ) -> list[Quote]:
        """Quotes inside `parts`, the part of each video that can be cited; each quote once per video."""
        quotes: dict[tuple[str, str, Modality], Quote] = {}
        cues_of = cache(lambda video_id: sorted(load_all_cues(self.subtitles, videos[video_id].subtitles), key=_middle))
        for segment in segments:
            video = videos[segment.document.video_id]
            part = parts[video.video_id].clipped_to(video.whole)
            for quote in self._of(segment, video, cues_of):
                if quote.span.overlaps(part):
                    inside = quote.model_copy(update={"span": quote.span.clipped_to(video.whole)})
                    quotes.setdefault((quote.video_id, quote.text, quote.source), inside)
        return list(quotes.values())

    def _of(self, segment: ScoredSegment, video: Video, cues_of: CuesOf) -> Iterator[Quote]:
        for source, text in segment.document.texts.items():
            if source in TIMED:
                yield from self._timed(segment, video, source)
            elif source is Modality.SUBTITLE:
                yield from _cited(segment, cues_of(video.video_id))
            elif source is Modality.OBJECTS:
                yield _quote(segment, text, source)
            elif source is Modality.CAPTION:
                originals = " ".join(segment.document.texts.get(m, "") for m in (*TIMED, Modality.SUBTITLE))
                own = (sentence for sentence in sentences(text) if not repeats_originals(sentence, originals))
                yield from (_quote(segment, sentence, source) for sentence in own)

    def _timed(self, segment: ScoredSegment, video: Video, source: Modality) -> Iterator[Quote]:
        """From the track; from the segment, with its coarser time, when the track has no entries there."""
        track, feature = TIMED[source]
        generation, within = video.feature(feature).generation, segment.document.span
        page = self.timeline.page(video.video_id, track, generation, within, limit=ENTRIES_MAX)
        for entry in page.entries:
            yield Quote(segment=segment, span=entry.span, text=str(entry.body["text"]), source=source)
        if not page.entries:
            for sentence in sentences(segment.document.texts[source]):
                yield _quote(segment, sentence, source)


def _cited(segment: ScoredSegment, cues: Sequence[Cue]) -> Iterator[Quote]:
    within = segment.document.span
    first, last = (bisect_left(cues, at_s, key=_middle) for at_s in (within.start_s, within.end_s))
    for cue in cues[first:last]:
        text = " ".join(cue.text.split())
        yield Quote(segment=segment, span=cue.span, text=text, source=Modality.SUBTITLE)


def _middle(cue: Cue) -> float:
    return cue.span.middle_s


def _quote(segment: ScoredSegment, text: str, source: Modality) -> Quote:
    return Quote(segment=segment, span=segment.document.span, text=text, source=source)
