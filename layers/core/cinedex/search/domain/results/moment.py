"""What a search returns."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from cinedex.kernel.span import Span
from cinedex.search.domain.index.segment_document import VideoSpan
from cinedex.search.domain.ranking.signal import Signal
from cinedex.timeline.modality import Modality


class Moment(BaseModel):
    """A span with the evidence that it answers the query.

    `score` is the calibrated confidence (see `domain.confidence`). `matched` names the evidence that speaks for it,
    strongest first, and `matched_by` the single signals. `highlights` are its sentences with the words of the query
    between `<em>` and `</em>`; the text itself is not escaped. `span` may cover neighbours of the segment whose
    texts these are. `similar` lists a few of the `similar_count` places that show the same.
    """

    model_config = ConfigDict(frozen=True)

    video_id: str
    segment_index: int
    span: Span
    score: float = Field(ge=0, le=1)
    rank: int = Field(ge=1)
    matched: tuple[Modality, ...]
    matched_by: tuple[Signal, ...] = ()
    texts: dict[Modality, str] = Field(default_factory=dict)
    highlights: tuple[str, ...] = ()
    similar: tuple[VideoSpan, ...] = ()
    similar_count: int = 0
