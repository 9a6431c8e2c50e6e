"""The shape of an answer: "how many" wants a number, and a text without one is no answer to it."""

from __future__ import annotations

import re
from enum import StrEnum


class AnswerShape(StrEnum):
    NUMBER = "number"
    TIME = "time"
    NAME = "name"
    COLOUR = "colour"
    YES_OR_NO = "yes_or_no"
    ANYTHING = "anything"


_ASKED_BY = {
    AnswerShape.NUMBER: r"\bhow (many|much|tall|long|far|old|big|high|heavy|deep|fast|wide)\b",
    AnswerShape.TIME: r"^\W*when (was|were|did|will|is|are)\b|\b(what|which) (year|date|day|month)\b",
    AnswerShape.NAME: r"^\W*who('s|\b)|\bname of\b|\b(is|was|are) .{2,40} (called|named)\b",
    AnswerShape.COLOUR: r"\bwhat colou?r",
    AnswerShape.YES_OR_NO: r"^\W*(is|are|was|were|does|do|did|has|have|can|could|will|would)\b",
}
_HELD_BY = {
    AnswerShape.NUMBER: (
        r"\d|^an? |\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|twenty|thirty|"
        r"forty|fifty|hundred|thousand|million|billion|half)\b"
    ),
    AnswerShape.TIME: (
        r"\d|\b(january|february|march|april|may|june|july|august|september|october|november|december|"
        r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|yesterday|tomorrow|morning|evening|"
        r"night|years?|weeks?)\b"
    ),
    AnswerShape.NAME: r"(?<![.!?:“\"] )(?<!^)\b(?-i:[A-Z][a-z]+)|\b(?-i:[A-Z]{3,})\b",
    AnswerShape.COLOUR: (
        r"\b(red|green|blue|yellow|orange|purple|pink|brown|black|white|gr[ae]y|golden|silver|colou?rful)\b"
    ),
}
_ASKED_BY_PATTERN = {shape: re.compile(pattern, re.IGNORECASE) for shape, pattern in _ASKED_BY.items()}
_HELD_BY_PATTERN = {shape: re.compile(pattern, re.IGNORECASE | re.MULTILINE) for shape, pattern in _HELD_BY.items()}


def shape_asked_by(question: str) -> AnswerShape:
    return next((shape for shape, asks in _ASKED_BY_PATTERN.items() if asks.search(question)), AnswerShape.ANYTHING)


def holds(text: str, shape: AnswerShape) -> bool:
    """Whether `text` has what the shape needs: a number, a time, a capitalised name, a colour."""
    needed = _HELD_BY_PATTERN.get(shape)
    return needed is None or needed.search(text) is not None
