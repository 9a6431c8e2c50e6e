"""Analyse an English question: its subject, the expected type of answer, and the preferred evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from cinedex.answers.domain.answer import Message, MessageRole
from cinedex.answers.domain.english.answer_type import AnswerType, expected_answer_type
from cinedex.kernel.text.tokens import content_words
from cinedex.search.domain.query.query import Query
from cinedex.timeline.modality import Modality

_SUBTITLE_CUES = r"subtitles?|closed captions?"
_TEXT_CUES = r"text|titles?|signs?|written|writing|reads?|spelled|on[- ]?screen|screen"
_SPEECH_CUES = r"says?|said|saying|speaks?|spoken|speaker|talks?|talking|narrator|voice|hear|heard|told"
_OBJECT_CUES = r"objects?|things?"
_EXPLANATION_CUES = r"how (is|are|was|were|do|does|did|can|to)|why|explain"
_VISUAL_CUES = r"in the (picture|image|frame)|seen|see|shown|shows?|visible|looks?|appears?|how many (people|persons)"
_OVERVIEW_CUES = r"summar\w+|overview|about|going|on|goes|place|takes?|discussed|beginning|end"

_SAID = (Modality.SPEECH, Modality.SUBTITLE)
_CUES = (
    (_SUBTITLE_CUES, (Modality.SUBTITLE, Modality.SCREEN_TEXT)),
    (_TEXT_CUES, (Modality.SCREEN_TEXT,)),
    (_SPEECH_CUES, _SAID),
    (_OBJECT_CUES, (Modality.OBJECTS, Modality.CAPTION)),
    (_EXPLANATION_CUES, (*_SAID, Modality.CAPTION)),
    (_VISUAL_CUES, (Modality.CAPTION, Modality.OBJECTS)),
)
_CUE_PATTERNS = tuple((re.compile(rf"\b({cue})\b", re.IGNORECASE), sources) for cue, sources in _CUES)
_NON_SUBJECT = re.compile(
    rf"\b({_SUBTITLE_CUES}|{_TEXT_CUES}|{_SPEECH_CUES}|{_OBJECT_CUES}|{_OVERVIEW_CUES})\b", re.IGNORECASE
)


class Question(BaseModel):
    model_config = ConfigDict(frozen=True)

    text: str

    @cached_property
    def query(self) -> Query:
        return Query(text=self.text, subject=self._subject)

    @cached_property
    def answer_type(self) -> AnswerType:
        return expected_answer_type(self.text)

    @cached_property
    def sources(self) -> tuple[Modality, ...]:
        """Preferred kinds of evidence; empty when the question names none."""
        return next((sources for cue, sources in _CUE_PATTERNS if cue.search(self.text)), ())

    @property
    def has_subject(self) -> bool:
        """False for "what text is on screen?", which asks for everything of a kind."""
        return bool(content_words(self._subject))

    @property
    def is_visual(self) -> bool:
        """False when it asks for speech."""
        return self.sources != _SAID

    @property
    def is_open(self) -> bool:
        """True when it names a kind of evidence ("what is said?") or asks for an overview."""
        return _NON_SUBJECT.search(self.text) is not None

    @cached_property
    def _subject(self) -> str:
        """The question without the words that name a kind of evidence."""
        return _NON_SUBJECT.sub(" ", self.text)


def question_from(conversation: Sequence[Message]) -> Question:
    """A follow-up without a subject of its own ("and who said that?") gets the subject of the question before it."""
    text = conversation[-1].content.strip()
    question = Question(text=text)
    if question.has_subject or question.is_open:
        return question
    earlier = (Question(text=m.content) for m in reversed(conversation[:-1]) if m.role is MessageRole.USER)
    subject = next((q for q in earlier if q.has_subject), None)
    return Question(text=f"{text} {subject.text}") if subject else question
