"""What a question is about, what shape its answer has, and which evidence to look at first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from cinedex.answers.domain.answer import Message, Role
from cinedex.answers.domain.answer_type import AnswerType, shape_asked_by
from cinedex.kernel.text.tokens import content_words
from cinedex.search.domain.query.query import Query
from cinedex.timeline.modality import Modality

_READ = r"text|titles?|signs?|written|writing|reads?|spelled|subtitles?|on[- ]?screen|screen"
_HEARD = r"says?|said|saying|speaks?|spoken|speaker|talks?|talking|narrator|voice|hear|heard|told"
_THINGS = r"objects?|things?"
_EXPLAINED = r"how (is|are|was|were|do|does|did|can|to)|why|explain"
_SEEN = r"in the (picture|image|frame)|seen|see|shown|shows?|visible|looks?|appears?|how many (people|persons)"
_WHATEVER = r"summar\w+|overview|about|going|on|goes|place|takes?|discussed|beginning|end"

_CUES = (
    (_READ, (Modality.SCREEN_TEXT,)),
    (_HEARD, (Modality.SPEECH,)),
    (_THINGS, (Modality.OBJECTS, Modality.CAPTION)),
    (_EXPLAINED, (Modality.SPEECH, Modality.CAPTION)),
    (_SEEN, (Modality.CAPTION, Modality.OBJECTS)),
)
_CUE_PATTERNS = tuple((re.compile(rf"\b({cue})\b", re.IGNORECASE), sources) for cue, sources in _CUES)
_NO_SUBJECT = re.compile(rf"\b({_READ}|{_HEARD}|{_THINGS}|{_WHATEVER})\b", re.IGNORECASE)


class Question(BaseModel):
    model_config = ConfigDict(frozen=True)

    text: str

    @cached_property
    def query(self) -> Query:
        return Query(text=self.text, subject=self._subject)

    @cached_property
    def shape(self) -> AnswerType:
        return shape_asked_by(self.text)

    @cached_property
    def sources(self) -> tuple[Modality, ...]:
        """Where the answer is to be looked for first; none when the question does not tell."""
        return next((sources for cue, sources in _CUE_PATTERNS if cue.search(self.text)), ())

    @property
    def has_subject(self) -> bool:
        """False for "what text is on screen?": it asks for whatever there is."""
        return bool(content_words(self._subject))

    @property
    def is_about_pictures(self) -> bool:
        """False when it asks for what was said."""
        return self.sources != (Modality.SPEECH,)

    @property
    def asks_for_whatever_there_is(self) -> bool:
        """It names a kind of evidence ("what is said?") or wants an overview."""
        return _NO_SUBJECT.search(self.text) is not None

    @cached_property
    def _subject(self) -> str:
        """The question without the words that only tell where to look."""
        return _NO_SUBJECT.sub(" ", self.text)


def question_of(conversation: Sequence[Message]) -> Question:
    """A follow-up without a subject of its own ("and who said that?") is asked about the subject before."""
    asked = conversation[-1].content.strip()
    question = Question(text=asked)
    if question.has_subject or question.asks_for_whatever_there_is:
        return question
    earlier = (Question(text=m.content) for m in reversed(conversation[:-1]) if m.role is Role.USER)
    subject = next((q for q in earlier if q.has_subject), None)
    return Question(text=f"{asked} {subject.text}") if subject else question
