"""A verbatim piece of evidence that may answer a question."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.span import Span
from cinedex.kernel.text.folding import fold
from cinedex.kernel.text.tokens import stems
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.timeline.modality import Modality

SOURCE_WEIGHTS = {
    Modality.SPEECH: 1.0,
    Modality.SCREEN_TEXT: 1.0,
    Modality.CAPTION: 0.93,
    Modality.OBJECTS: 0.9,
    Modality.METADATA: 0.0,
    Modality.SUBTITLE: 1.0,
}
"""A caption repeats speech and on-screen text: of equal quotes, the original is the better citation."""


REPEATED_SHARE = 0.6
"""Share of a caption's stems in the speech and on-screen text from which it counts as a repetition."""


class Quote(BaseModel):
    """`segment` is the segment it is from, with the score of that segment for the question."""

    model_config = ConfigDict(frozen=True)

    segment: ScoredSegment
    span: Span
    text: str
    source: Modality

    @property
    def segment_text(self) -> str:
        return "\n".join(self.segment.document.texts.values())

    @property
    def stems(self) -> frozenset[str]:
        return stems(self.text, self.segment.document.languages_of(self.source))

    @property
    def segment_stems(self) -> frozenset[str]:
        document = self.segment.document
        return frozenset[str]().union(*map(document.stems_of, document.texts))

    @property
    def video_id(self) -> str:
        return self.segment.document.video_id

    def repeats(self, other: Quote) -> bool:
        """True when it contains the whole text of another quote of the same video."""
        return self.video_id == other.video_id and fold(other.text).rstrip(".") in fold(self.text)


def repeats_originals(sentence: str, originals: str) -> bool:
    """True when most words of a caption's sentence are in the speech and on-screen text of its segment."""
    sentence_stems = stems(sentence)
    return len(sentence_stems & stems(originals)) > REPEATED_SHARE * len(sentence_stems)
