"""The shape of an answer: "how many" wants a number, and a text without one is no answer to it."""

from __future__ import annotations

import re
from enum import StrEnum


class AnswerType(StrEnum):
    NUMBER = "number"
    TIME = "time"
    NAME = "name"
    COLOUR = "colour"
    YES_OR_NO = "yes_or_no"
    ANYTHING = "anything"


_ASKED_BY = {
    AnswerType.NUMBER: r"\bhow (many|much|tall|long|far|old|big|high|heavy|deep|fast|wide)\b",
    AnswerType.TIME: r"^\W*when (was|were|did|will|is|are)\b|\b(what|which) (year|date|day|month)\b",
    AnswerType.NAME: r"^\W*who('s|\b)|\bname of\b|\b(is|was|are) .{2,40} (called|named)\b",
    AnswerType.COLOUR: r"\bwhat colou?r",
    AnswerType.YES_OR_NO: r"^\W*(is|are|was|were|does|do|did|has|have|can|could|will|would)\b",
}
_HELD_BY = {
    AnswerType.NUMBER: (
        r"\d|^an? |\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|twenty|thirty|"
        r"forty|fifty|hundred|thousand|million|billion|half)\b"
    ),
    AnswerType.TIME: (
        r"\d|\b(january|february|march|april|may|june|july|august|september|october|november|december|"
        r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|yesterday|tomorrow|morning|evening|"
        r"night|years?|weeks?)\b"
    ),
    AnswerType.NAME: r"(?<![.!?:“\"] )(?<!^)\b(?-i:[A-Z][a-z]+)|\b(?-i:[A-Z]{3,})\b",
    AnswerType.COLOUR: (
        r"\b(red|green|blue|yellow|orange|purple|pink|brown|black|white|gr[ae]y|golden|silver|colou?rful)\b"
    ),
}
_ASKED_BY_PATTERN = {shape: re.compile(pattern, re.IGNORECASE) for shape, pattern in _ASKED_BY.items()}
_HELD_BY_PATTERN = {shape: re.compile(pattern, re.IGNORECASE | re.MULTILINE) for shape, pattern in _HELD_BY.items()}


def shape_asked_by(question: str) -> AnswerType:
    return next((shape for shape, asks in _ASKED_BY_PATTERN.items() if asks.search(question)), AnswerType.ANYTHING)


def holds(text: str, shape: AnswerType) -> bool:
    """Whether `text` has what the shape needs: a number, a time, a capitalised name, a colour."""
    needed = _HELD_BY_PATTERN.get(shape)
    return needed is None or needed.search(text) is not None
