"""The type of answer that a question expects: "how many" expects a number."""

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


_QUESTION_CUES = {
    AnswerType.NUMBER: r"\bhow (many|much|tall|long|far|old|big|high|heavy|deep|fast|wide)\b",
    AnswerType.TIME: r"^\W*when (was|were|did|will|is|are)\b|\b(what|which) (year|date|day|month)\b",
    AnswerType.NAME: r"^\W*who('s|\b)|\bname of\b|\b(is|was|are) .{2,40} (called|named)\b",
    AnswerType.COLOUR: r"\bwhat colou?r",
    AnswerType.YES_OR_NO: r"^\W*(is|are|was|were|does|do|did|has|have|can|could|will|would)\b",
}
_ANSWER_CUES = {
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
_QUESTION_PATTERNS = {
    answer_type: re.compile(pattern, re.IGNORECASE) for answer_type, pattern in _QUESTION_CUES.items()
}
_ANSWER_PATTERNS = {
    answer_type: re.compile(pattern, re.IGNORECASE | re.MULTILINE) for answer_type, pattern in _ANSWER_CUES.items()
}


def expected_answer_type(question: str) -> AnswerType:
    types = (answer_type for answer_type, cue in _QUESTION_PATTERNS.items() if cue.search(question))
    return next(types, AnswerType.ANYTHING)


def contains_answer(text: str, answer_type: AnswerType) -> bool:
    """Whether `text` contains what the type needs: a number, a time, a capitalised name, a colour."""
    pattern = _ANSWER_PATTERNS.get(answer_type)
    return pattern is None or pattern.search(text) is not None
