"""A moment: a span of a video that answers a query, with the evidence for it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from cinedex.kernel.span import Span, VideoSpan
from cinedex.search.domain.index.segment_document import SegmentDocument
from cinedex.search.domain.ranking.signal import Signal
from cinedex.search.domain.results.moment_group import MomentGroup
from cinedex.timeline.modality import Modality

SIMILAR_MAX = 10


class RankedMoment(BaseModel):
    """A moment without its texts, as a ranked list stores it; the texts are read again for each page.

    `score` is the calibrated confidence (see `ranking.confidence`). `matched` lists the modalities with evidence,
    strongest first, and `matched_by` the single signals. `span` may include segments next to `segment_index`. `similar`
    lists a few of the `similar_count` spans with the same content.
    """

    model_config = ConfigDict(frozen=True)

    video_id: str
    segment_index: int
    span: Span
    score: float = Field(ge=0, le=1)
    matched: tuple[Modality, ...]
    matched_by: tuple[Signal, ...] = ()
    similar: tuple[VideoSpan, ...] = ()
    similar_count: int = 0

    @classmethod
    def of(cls, group: MomentGroup) -> RankedMoment:
        document = group.best.document
        return RankedMoment(
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


class Moment(RankedMoment):
    """A moment of one page, with its `rank` in the whole list and the texts of its best segment.

    `languages` are those of `SegmentDocument`. `highlights` are sentences of the texts with the words of the query
    between `<em>` and `</em>`; the text itself is not escaped.
    """

    rank: int = Field(ge=1)
    texts: dict[Modality, str] = Field(default_factory=dict)
    languages: dict[Modality, tuple[str, ...]] = Field(default_factory=dict)
    highlights: tuple[str, ...] = ()

    @classmethod
    def at(cls, rank: int, ranked: RankedMoment, document: SegmentDocument) -> Moment:
        fields = {name: getattr(ranked, name) for name in RankedMoment.model_fields}
        return Moment(**fields, rank=rank, texts=document.texts, languages=document.languages)
