"""The order in which moments answered a query, kept while somebody pages through it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.span import Span
from cinedex.search.domain.index.segment_document import SegmentDocument, VideoSpan
from cinedex.search.domain.query.query_rewrite import Rewrite
from cinedex.search.domain.ranking.signal import Signal
from cinedex.search.domain.results.grouping import Grouped
from cinedex.timeline.modality import Modality

KEPT_FOR = timedelta(minutes=15)
MOMENTS_MAX = 1_000
"""How deep paging goes."""
SIMILAR_MAX = 10


class RankedMoment(BaseModel):
    """Where a moment is and how it was found; its texts are read anew for each page."""

    model_config = ConfigDict(frozen=True)

    video_id: str
    segment_index: int
    span: Span
    score: float
    matched: tuple[Modality, ...]
    matched_by: tuple[Signal, ...] = ()
    similar: tuple[VideoSpan, ...] = ()
    similar_count: int = 0

    @classmethod
    def of(cls, group: Grouped) -> RankedMoment:
        document = group.best.document
        return cls(
            video_id=document.video_id,
            segment_index=document.segment_index,
            span=group.span,
            score=group.best.score,
            matched=group.best.matched,
            matched_by=group.best.matched_by,
            similar=tuple(VideoSpan(video_id=s.video_id, span=s.span) for s in group.similar[:SIMILAR_MAX]),
            similar_count=len(group.similar),
        )

    def is_of(self, document: SegmentDocument) -> bool:
        return (document.video_id, document.segment_index) == (self.video_id, self.segment_index)


class SearchSnapshot(BaseModel):
    """Best first; the place in the list is the rank, whatever vanishes later. `rewrite` is what was looked for, too."""

    model_config = ConfigDict(frozen=True)

    moments: tuple[RankedMoment, ...]
    degraded: bool = False
    rewrite: Rewrite | None = None

    @classmethod
    def of(cls, groups: Sequence[Grouped], *, degraded: bool, rewrite: Rewrite | None = None) -> SearchSnapshot:
        moments = tuple(RankedMoment.of(group) for group in groups[:MOMENTS_MAX])
        return cls(moments=moments, degraded=degraded, rewrite=rewrite)
