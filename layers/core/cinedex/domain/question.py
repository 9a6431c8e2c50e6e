"""What a question wants: the shape of the answer, and the kind of evidence to look at."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from cinedex.domain.moment import Modality
from cinedex.domain.query import Query


class AnswerShape(StrEnum):
    """What a text must contain to be an answer at all."""

    NUMBER = "number"
    TIME = "time"
    NAME = "name"
    YES_OR_NO = "yes_or_no"
    ANYTHING = "anything"


_SHAPES = {
    AnswerShape.NUMBER: re.compile(
        r"\bhow (many|much|tall|long|far|old|big|high|heavy|deep|fast|wide)\b", re.I
    ),
    AnswerShape.TIME: re.compile(
        r"^\W*when (was|were|did|will|is|are)\b|\b(what|which) (year|date|day|month)\b", re.I
    ),
    AnswerShape.NAME: re.compile(r"^\W*who('s|\b)|\bname of\b|\b(is|was|are) .{2,40} (called|named)\b", re.I),
    AnswerShape.YES_OR_NO: re.compile(
        r"^\W*(is|are|was|were|does|do|did|has|have|can|could|will|would)\b(?! there\b)", re.I
    ),
}
_NUMBER = (
    r"\d|\b(no|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|twenty|thirty|forty|fifty|"
    r"hundred|thousand|million|billion|half)\b"
)
_TIME = (
    r"\d|\b(january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|"
    r"wednesday|thursday|friday|saturday|sunday|today|yesterday|tomorrow|morning|evening|night|year|years|week)\b"
)
_NAME = r"(?<![.!?:“\"] )(?<!^)\b[A-Z][a-z]+|\b[A-Z]{3,}\b"
_CONTENT = {
    AnswerShape.NUMBER: re.compile(_NUMBER, re.I),
    AnswerShape.TIME: re.compile(_TIME, re.I),
    AnswerShape.NAME: re.compile(_NAME, re.M),
}
_CUES = {
    (
        Modality.SCREEN_TEXT,
    ): r"text|titles?|signs?|written|writing|reads?|spelled|subtitles?|on[- ]?screen|screen",
    (
        Modality.SPEECH,
    ): r"says?|said|saying|speaks?|spoken|speaker|talks?|talking|narrator|voice|hear|heard|told",
    (Modality.OBJECTS, Modality.CAPTION): r"objects?|things?",
    (
        Modality.CAPTION,
        Modality.OBJECTS,
    ): r"seen|see|shown|shows?|visible|looks?|appears?|how many (people|person)",
}
_CUE_PATTERNS = {sources: re.compile(rf"\b({cues})\b", re.I) for sources, cues in _CUES.items()}
_TAKEN_OUT = re.compile(
    rf"\b({'|'.join(list(_CUES.values())[:3])}|summar\w+|overview|about|going|on|goes|place|takes?|discussed)\b",
    re.I,
)


class Question(BaseModel):
    model_config = ConfigDict(frozen=True)

    text: str

    @cached_property
    def query(self) -> Query:
        return Query(text=self.text)

    @cached_property
    def shape(self) -> AnswerShape:
        return next((s for s, asks in _SHAPES.items() if asks.search(self.text)), AnswerShape.ANYTHING)

    @cached_property
    def sources(self) -> tuple[Modality, ...]:
        """Where the answer is to be looked for first; none when the question does not tell."""
        return next((sources for sources, cue in _CUE_PATTERNS.items() if cue.search(self.text)), ())

    @property
    def has_subject(self) -> bool:
        """False for "what text is on screen?": it asks for whatever there is."""
        return Query(text=_TAKEN_OUT.sub(" ", self.text)).asks_for_something

    def could_be_answered_by(self, text: str) -> bool:
        """Whether `text` holds what the shape asks for, such as a number for "how many"."""
        needed = _CONTENT.get(self.shape)
        return needed is None or needed.search(text) is not None
