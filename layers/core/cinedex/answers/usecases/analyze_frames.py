"""Analyse frames of a video range on demand, for evidence that was not stored."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.answers.domain.quote import Quote
from cinedex.detection.frame_analyzer import FrameAnalyzer, Observation
from cinedex.kernel.errors import MediaError, Unavailable
from cinedex.kernel.log_fields import log_fields
from cinedex.kernel.span import Span
from cinedex.library.domain.video import Video
from cinedex.library.ports.media_store import MediaStore
from cinedex.search.domain.index.segment_document import SegmentDocument
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.timeline.modality import Modality

logger = logging.getLogger(__name__)

SECONDS_MAX = 12.0
NO_SEGMENT = -1  # the range is given by the caller and is not an indexed segment


@dataclass(frozen=True)
class AnalyzeFrames:
    store: MediaStore
    analyzer: FrameAnalyzer

    def __call__(self, ranges: Sequence[tuple[Video, Span]]) -> tuple[Quote, ...]:
        """Quotes of kind `objects` and `screen_text` with the times of their frames, each inside its range.

        The ranges share `SECONDS_MAX`. A range yields no quotes when the analyzer is not available or the file cannot
        be decoded, so that the question is still answered.
        """
        visible = [(video, within) for video, within in ranges if video.probe is not None and video.probe.has_video]
        seconds_max = SECONDS_MAX / max(1, len(visible))
        return tuple(quote for video, within in visible for quote in self._analyze(video, within, seconds_max))

    def _analyze(self, video: Video, within: Span, seconds_max: float) -> list[Quote]:
        try:
            clock = video.probe.clock if video.probe else ()
            analysis = self.analyzer.analyze(self.store.download_url(video.media), within, seconds_max, clock)
        except (MediaError, Unavailable) as error:
            fields = log_fields(error) | {"video_id": video.video_id}
            logger.warning("frames were not analyzed, stored evidence answers alone", extra=fields)
            return []
        segment = _segment(video, within, analysis.observations)
        return [
            Quote(segment=segment, span=o.span.clipped_to(within), text=o.text, source=o.source)
            for o in analysis.observations
        ]


def _segment(video: Video, within: Span, observations: Sequence[Observation]) -> ScoredSegment:
    """All observations of the range as one segment: the context in which each quote is scored."""
    texts: dict[Modality, list[str]] = defaultdict(list)
    for observation in observations:
        texts[observation.source].append(observation.text)
    document = SegmentDocument(
        account_id=video.account_id,
        video_id=video.video_id,
        collection_id=video.collection_id,
        segment_index=NO_SEGMENT,
        span=within,
        texts={source: "\n".join(lines) for source, lines in texts.items()},
    )
    return ScoredSegment(document=document, score=0.0, matched=())
