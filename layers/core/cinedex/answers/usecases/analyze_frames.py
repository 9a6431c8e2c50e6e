"""Look again at the frames of a stretch of video: evidence for a question that was not stored before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.answers.domain.quote import Quote
from cinedex.detection.frame_analyzer import FrameAnalyzer, Observation
from cinedex.kernel.errors import MediaError, Unavailable
from cinedex.kernel.span import Span
from cinedex.library.domain.video import Video
from cinedex.library.ports.media_store import MediaStore
from cinedex.search.domain.index.segment_document import SegmentDocument
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.timeline.modality import Modality

SECONDS_MAX = 12.0
NO_SEGMENT = -1  # what is looked at again is a range of the caller's, not a segment of ours


@dataclass(frozen=True)
class AnalyzeFrames:
    store: MediaStore
    viewer: FrameAnalyzer

    def __call__(self, ranges: Sequence[tuple[Video, Span]]) -> tuple[Quote, ...]:
        """Quotes of kind `objects` and `screen_text` with the times of their frames, each inside its range.

        The ranges share `SECONDS_MAX`. Nobody is refused an answer because a viewer is down or a file cannot
        be decoded: such a range yields nothing.
        """
        seen = [(video, within) for video, within in ranges if video.probe is not None and video.probe.has_video]
        return tuple(quote for video, within in seen for quote in self._view(video, within, SECONDS_MAX / len(seen)))

    def _view(self, video: Video, within: Span, seconds_max: float) -> list[Quote]:
        try:
            viewed = self.viewer.view(self.store.download_url(video.media), within, seconds_max)
        except (MediaError, Unavailable):
            return []
        around = _around(video, within, viewed.sights)
        return [
            Quote(segment=around, span=s.span.clipped_to(within), text=s.text, source=s.source) for s in viewed.sights
        ]


def _around(video: Video, within: Span, sights: Sequence[Observation]) -> ScoredSegment:
    """All that the range shows, so that one sight can be judged by what is beside it."""
    texts: dict[Modality, list[str]] = defaultdict(list)
    for sight in sights:
        texts[sight.source].append(sight.text)
    document = SegmentDocument(
        account_id=video.account_id,
        video_id=video.video_id,
        collection_id=video.collection_id,
        segment_index=NO_SEGMENT,
        span=within,
        texts={source: "\n".join(told) for source, told in texts.items()},
    )
    return ScoredSegment(document=document, score=0.0, matched=())
