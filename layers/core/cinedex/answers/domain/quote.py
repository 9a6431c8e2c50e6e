"""A verbatim piece of evidence that might answer a question."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.span import Span
from cinedex.kernel.text.tokens import stems
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.timeline.modality import Modality

SOURCE_WEIGHTS = {
    Modality.SPEECH: 1.0,
    Modality.SCREEN_TEXT: 1.0,
    Modality.CAPTION: 0.93,
    Modality.OBJECTS: 0.9,
    Modality.METADATA: 0.0,
}
"""A caption retells what was said and read: of equal quotes the original is the better citation."""


class Quote(BaseModel):
    """`segment` is the one it was found in, with its own score for the question."""

    model_config = ConfigDict(frozen=True)

    segment: ScoredSegment
    span: Span
    text: str
    source: Modality

    @property
    def segment_text(self) -> str:
        return "\n".join(self.segment.document.texts.values())

    @property
    def segment_stems(self) -> frozenset[str]:
        return stems(self.segment_text)

    @property
    def video_id(self) -> str:
        return self.segment.document.video_id
