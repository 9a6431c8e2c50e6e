"""Answers without a language model: the best evidence, word for word, with its video and time."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.domain.answer import Answer, Citation, Message
from cinedex.domain.moment import Modality
from cinedex.domain.timecode import timecodes

_SOURCES = {
    Modality.SPEECH: "speech",
    Modality.CAPTION: "caption",
    Modality.SCREEN_TEXT: "on screen",
    Modality.OBJECTS: "objects seen",
    Modality.ABOUT: "title",
}


class ExtractiveAnswerModel:
    """Cannot be wrong about what was said, only about whether it answers the question."""

    name = "extractive"

    def answer(self, conversation: Sequence[Message], evidence: Sequence[Citation]) -> Answer:  # noqa: ARG002
        lines = "\n".join(quoted_line(citation) for citation in evidence)
        return Answer(text=lines, model=self.name, citations=tuple(evidence), confident=True)


def quoted_line(citation: Citation) -> str:
    """`“The telescope is tested at Goddard.” — tour.mp4, 0:05–0:09 (speech)`."""
    quote, at = " ".join(citation.quote.split()), timecodes(citation.span)
    return f"“{quote}” — {citation.video_name}, {at} ({_SOURCES[citation.source]})"
