"""Time words of a query ("in the first minute", "after 2:00") as a part of each video."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import inf

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.span import Span
from cinedex.search.domain.query.english.temporal_negation import LEAVING_OUT, denial_before, is_doubtful

EDGE_SHARE, EDGE_MAX_S = 0.2, 60.0
"""How much of a video is its beginning, or its end: a fifth, a minute at most."""
AROUND_S = 10.0
"""How far "around 1:30" reaches to both sides."""


class Instant(BaseModel):
    """A point of a video: seconds, or a share of its length, counted from its start or from its end."""

    model_config = ConfigDict(frozen=True)

    seconds: float = 0.0
    share: float = 0.0
    seconds_max: float = inf
    from_end: bool = False

    @property
    def is_relative(self) -> bool:
        return self.from_end or self.share > 0

    def of(self, length_s: float) -> float:
        reach_s = min(self.seconds + self.share * length_s, self.seconds_max, length_s)
        return length_s - reach_s if self.from_end else reach_s


class TimeRange(BaseModel):
    """What time words ask for; a side that is None is open. `words` are the words, as they were typed."""

    model_config = ConfigDict(frozen=True)

    words: str
    start: Instant | None = None
    end: Instant | None = None

    @property
    def is_relative(self) -> bool:
        """True when the seconds differ from video to video."""
        return any(side.is_relative for side in (self.start, self.end) if side)

    def of(self, whole: Span) -> Span | None:
        """None when the video is over before the range begins."""
        length_s = whole.length_s
        start_s = self.start.of(length_s) if self.start else 0.0
        end_s = self.end.of(length_s) if self.end else length_s
        return Span(start_s=start_s, end_s=end_s) if start_s < end_s else None


_COUNTS = "one two three four five six seven eight nine ten"
_VALUES = {word: float(n) for n, word in enumerate(_COUNTS.split(), start=1)} | {
    "fifteen": 15.0,
    "twenty": 20.0,
    "thirty": 30.0,
    "forty": 40.0,
    "fifty": 50.0,
    "sixty": 60.0,
    "ninety": 90.0,
    "a": 1.0,
}
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}

_NUMBER = rf"(?:\d{{1,5}}(?:\.\d+)?|{'|'.join(w for w in _VALUES if w != 'a')})"
_UNIT = r"(?:seconds?|secs?|s|minutes?|mins?|hours?)\b"
_CLOCK = r"\d{1,2}:[0-5]\d(?::[0-5]\d)?(?![\d:])(?!\s*(?:[ap]\.?m\b|o.clock))"
_TIME = rf"(?:{_CLOCK}|{_NUMBER}[ -]?{_UNIT}|minute {_NUMBER})"
_VIDEO = r"(?:(?:of|in|into) (?:the|this|each|every|a) (?:video|clip|film|movie|recording|footage)s?)"
_ENDS = rf"(?: {_VIDEO}(?!\w)|(?! ?\w))"
"""Behind the time words comes the video, or nothing: "at the end of the road" is no time."""
_FREE = rf"(?: {_VIDEO}(?!\w)|(?! of\b)(?!\w))"
"""As above, but the sentence may go on, if not with "of": "the first minute of silence" is no time."""
_CLAUSE = r"(?=,| (?:the|an?|he|she|they|we|it|someone|somebody|people|there)\b)"
_IN = r"(?:in|during|within)"

Sides = tuple[Instant | None, Instant | None]
Reader = Callable[[re.Match[str]], Sides]


def _seconds(time: str) -> float:
    if ":" in time:
        seconds = 0.0
        for part in time.split(":"):
            seconds = seconds * 60.0 + float(part)
        return seconds
    if time.startswith("minute "):
        return _value(time.removeprefix("minute ")) * 60.0
    match = re.fullmatch(rf"({_NUMBER})[ -]?({_UNIT})", time)
    return _value(match.group(1)) * _UNITS[match.group(2)[0]] if match else 0.0


def _value(number: str) -> float:
    return _VALUES.get(number.lower()) or float(number)


def _at(match: re.Match[str], group: str) -> Instant:
    return Instant(seconds=_seconds(match.group(group).lower()))


def _first(match: re.Match[str]) -> tuple[Instant, Instant]:
    return Instant(), Instant(seconds=_stretch(match))


def _last(match: re.Match[str]) -> tuple[Instant, None]:
    return Instant(seconds=_stretch(match), from_end=True), None


def _stretch(match: re.Match[str]) -> float:
    return _value(match.group("n") or "a") * _UNITS[match.group("unit")[0].lower()]


def _edge(match: re.Match[str]) -> Sides:
    at_end = match.group("edge").lower() == "end"
    edge = Instant(share=EDGE_SHARE, seconds_max=EDGE_MAX_S, from_end=at_end)
    return (edge, None) if at_end else (None, edge)


def _half(match: re.Match[str]) -> Sides:
    middle = Instant(share=0.5)
    return (None, middle) if match.group("half").lower() == "first" else (middle, None)


def _middle(_: re.Match[str]) -> tuple[Instant, Instant]:
    return Instant(share=1 / 3), Instant(share=2 / 3)


def _after(match: re.Match[str]) -> tuple[Instant, None]:
    return _at(match, "t"), None


def _before(match: re.Match[str]) -> tuple[None, Instant]:
    return None, _at(match, "t")


def _between(match: re.Match[str]) -> tuple[Instant, Instant]:
    return _at(match, "a"), _at(match, "b")


def _between_units(match: re.Match[str]) -> tuple[Instant, Instant]:
    """ "between 10 and 20 seconds": the unit stands once and counts for both."""
    one_s = _UNITS[match.group("unit")[0].lower()]
    return Instant(seconds=_value(match.group("a")) * one_s), Instant(seconds=_value(match.group("b")) * one_s)


def _around(match: re.Match[str]) -> tuple[Instant, Instant]:
    middle_s = _seconds(match.group("t").lower())
    return Instant(seconds=max(0.0, middle_s - AROUND_S)), Instant(seconds=middle_s + AROUND_S)


def _but(reader: Reader) -> Reader:
    return lambda match: _inverted(reader(match)) or (None, None)


def _inverted(sides: Sides) -> Sides | None:
    """All but that; None when two parts would be left, one before and one behind it."""
    start, end = sides
    if end is None:
        return None, start
    return (end, None) if start in (None, Instant()) else None


_STRETCH = rf"(?:(?P<n>{_NUMBER})[ -])?(?P<unit>{_UNIT})"


_READERS: tuple[tuple[str, Reader], ...] = (
    (rf"{_IN} the (?:very )?(?:first|opening) {_STRETCH}{_FREE}", _first),
    (rf"{_IN} the (?:very )?(?:last|final) (?!hour){_STRETCH}{_FREE}", _last),
    (rf"{LEAVING_OUT} the (?:very )?(?:first|opening) {_STRETCH}{_ENDS}", _but(_first)),
    (rf"{LEAVING_OUT} the (?:very )?(?:last|final) (?!hour){_STRETCH}{_ENDS}", _but(_last)),
    (rf"{LEAVING_OUT} the (?P<half>first|second|last) half{_ENDS}", _but(_half)),
    (rf"{_IN} the (?P<half>first|second|last) half{_FREE}", _half),
    (rf"{_IN} the middle {_VIDEO}(?!\w)", _middle),
    (rf"(?:at|near|towards?) the (?:very )?(?P<edge>beginning|start|end){_ENDS}", _edge),
    (rf"in the (?:very )?(?P<edge>beginning){_ENDS}", _edge),
    (rf"^at the (?:very )?(?P<edge>beginning|start|end){_CLAUSE},?", _edge),
    (rf"between (?P<a>{_TIME}) and (?P<b>{_TIME}){_FREE}", _between),
    (rf"from (?P<a>{_TIME}) (?:to|until|till) (?P<b>{_TIME}){_FREE}", _between),
    (rf"between (?P<a>{_NUMBER}) and (?P<b>{_NUMBER}) (?P<unit>{_UNIT}){_FREE}", _between_units),
    (rf"from (?P<a>{_NUMBER}) (?:to|until|till) (?P<b>{_NUMBER}) (?P<unit>{_UNIT}){_FREE}", _between_units),
    (rf"(?:after|since|past) (?P<t>{_CLOCK}){_FREE}", _after),
    (rf"(?:before|until|till) (?P<t>{_CLOCK}){_FREE}", _before),
    (rf"after (?P<t>{_TIME}){_ENDS}", _after),
    (rf"before (?P<t>{_TIME}){_ENDS}", _before),
    (rf"(?:around|about|near) (?P<t>{_CLOCK}){_FREE}", _around),
    (rf"at (?P<t>{_CLOCK}) {_VIDEO}(?!\w)", _around),
    (rf"(?:at|around) the (?P<t>{_TIME}) mark{_FREE}", _around),
)
_PATTERNS = tuple((re.compile(rf"(?<![\w-]){pattern}", re.IGNORECASE), reader) for pattern, reader in _READERS)


def take_time_words(text: str) -> tuple[str, tuple[TimeRange, ...]]:
    """`text` without its time words, and what they ask for; all ranges must hold.

    Plain English only. When in doubt a word is left alone: a title such as "The End of the World" is worth
    more than a time that was missed. "Not at the end" asks for all that comes before the end.
    """
    ranges: list[TimeRange] = []
    for pattern, reader in _PATTERNS:
        at = 0
        while match := pattern.search(text, at):
            before, behind = text[: match.start()], text[match.end() :]
            at = match.end()
            sides = None if is_doubtful(before, behind) else reader(match)
            if sides and (denial := denial_before(before)):
                before, sides = before[: denial.start()], _inverted(sides)
            if sides and _is_forward(*sides):
                words = text[len(before) : match.end()]
                ranges.append(TimeRange(words=words.strip(" ,"), start=sides[0], end=sides[1]))
                text, at = f"{before} {behind}", len(before)
    return text, tuple(ranges)


def _is_forward(start: Instant | None, end: Instant | None) -> bool:
    """True of a range with an open side, too."""
    return not (start and end) or start.share < end.share or start.seconds < end.seconds
