"""Correct the times in a text of a language model: a time without support in the evidence is replaced."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import inf

from cinedex.kernel.span import Span
from cinedex.kernel.timecode import timecodes

TOLERANCE_S = 1.0  # people truncate seconds, and so does `timecode`

_TO = r"\s*(?:-|–|—|to|and|until|till)\s*"
_CLOCK = r"(?<![\d:.])\d{1,3}:[0-5]\d(?::[0-5]\d)?(?:\.\d+)?(?![\d:])(?:\s*[ap]\.?m\b\.?)?"
_SECONDS = r"\d+(?:\.\d+)?[\s-]*(?:seconds?|secs?|s)\b"
_MINUTES = rf"\d+(?:\.\d+)?[\s-]*(?:minutes?|mins?|m)\b(?:\s*(?:and\s*)?{_SECONDS})?"
_AMOUNT = rf"(?:{_MINUTES}|{_SECONDS})"
_COMPACT = r"\b(?:\d+h)?\d+m\d+(?:\.\d+)?s\b"
_COUNT = (
    r"(?:\d+(?:\.\d+)?|half\s+a|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty"
    r"|thirty|forty|fifty|sixty|ninety)"
)
_ELAPSED = (
    rf"\b{_COUNT}[\s-]*(?:seconds?|minutes?|hours?)\s+in(?:to\b(?:\s+(?:the|this)\s+\w+)?|(?=\s*(?:[,.;:)\[]|$)))"
)
_PREPOSITION = r"\b(?:at|around|near|from|between|until|till)\s+(?:the\s+|around\s+|about\s+|exactly\s+)?"
_TIME_EXPRESSION = re.compile(
    rf"(?P<clock>{_CLOCK}(?:{_TO}{_CLOCK})?)"
    rf"|(?P<compact>{_COMPACT})"
    rf"|(?P<into>{_ELAPSED})"
    rf"|(?P<preposition>{_PREPOSITION}(?:\d+(?:\.\d+)?\s*(?:seconds?|secs?|s)?{_TO})?{_AMOUNT}(?:[\s-]+mark\b)?)"
    rf"|(?P<mark>{_AMOUNT}[\s-]+mark\b)"
    r"|(?P<nth>\b\d+(?:st|nd|rd|th)\s+(?:second|minute)\b)"
    r"|(?P<named>\b(?:second|minute)\s+\d+(?:\.\d+)?\b)",
    re.IGNORECASE,
)
_CLOCK_TIME = re.compile(r"\d+(?::\d+)+(?:\.\d+)?")
_NUMBER_AND_UNIT = re.compile(r"(\d+(?:\.\d+)?)(?:st|nd|rd|th)?[\s-]*([a-z]*)", re.IGNORECASE)


def correct_timestamps(text: str, span_at: Callable[[int], Span], cited: Sequence[Span], sources: Sequence[str]) -> str:
    """Replaces every time in `text` that is in no cited span and in no source text by the time of `span_at`.

    `span_at` returns the span of the citation for a position in `text`. A duration ("it burns for 42 seconds") is not a
    time and stays.
    """
    words = " ".join(" ".join(sources).casefold().split())

    def correct(match: re.Match[str]) -> str:
        written = match.group()
        plain = " ".join(written.casefold().split())
        if plain in words or all(_is_within(second, cited) for second in _seconds(match)):
            return written
        correct_time = timecodes(span_at(match.start()))
        return correct_time if match.lastgroup in ("clock", "compact") else f"at {correct_time}"

    return _TIME_EXPRESSION.sub(correct, text)


def without_times(text: str) -> str:
    return _TIME_EXPRESSION.sub(" ", text)


def _is_within(second: float, spans: Sequence[Span]) -> bool:
    return any(s.start_s - TOLERANCE_S <= second <= s.end_s + TOLERANCE_S for s in spans)


def _seconds(match: re.Match[str]) -> list[float]:
    """Every point in time in the expression."""
    written = match.group()
    if match.lastgroup == "clock":
        return [_clock_seconds(time) for time in _CLOCK_TIME.findall(written)]
    if match.lastgroup == "into":
        return [inf]  # "two minutes in" is always replaced, so number words need no parsing
    if match.lastgroup == "named":
        unit, number = written.split()
        return [float(number) * (60 if unit.casefold() == "minute" else 1)]
    return _amounts(written)


def _amounts(text: str) -> list[float]:
    """`1 minute 5 seconds` is one point; `10 to 20 seconds` are two."""
    points: list[float] = []
    minutes: float | None = None
    for number, unit in _NUMBER_AND_UNIT.findall(text):
        if unit.casefold().startswith("m"):
            minutes = float(number) * 60
            points.append(minutes)
        elif minutes is not None:
            points[-1] = minutes + float(number)
            minutes = None
        else:
            points.append(float(number))
    return points


def _clock_seconds(time: str) -> float:
    seconds = 0.0
    for part in time.split(":"):
        seconds = seconds * 60 + float(part)
    return seconds
