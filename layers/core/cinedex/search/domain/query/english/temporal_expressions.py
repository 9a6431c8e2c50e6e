"""Extract English time expressions from a query: "in the first minute", "after 2:00"."""

from __future__ import annotations

import re
from collections.abc import Callable

from cinedex.search.domain.index.time_range import Instant, TimeRange
from cinedex.search.domain.query.english.temporal_negation import EXCLUDING, denial_before, is_ambiguous

EDGE_SHARE, EDGE_MAX_S = 0.2, 60.0
"""Length of the beginning and of the end of a video: a fifth of it, at most one minute."""
AROUND_S = 10.0
"""Seconds before and after the time in "around 1:30"."""


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
"""The expression is followed by "of the video" or by nothing: "at the end of the road" is not a time."""
_FREE = rf"(?: {_VIDEO}(?!\w)|(?! of\b)(?!\w))"
"""As above, but other words except "of" may follow: "the first minute of silence" is not a time."""
_CLAUSE = r"(?=,| (?:the|an?|he|she|they|we|it|someone|somebody|people|there)\b)"
_IN = r"(?:in|during|within)"

Bounds = tuple[Instant | None, Instant | None]
RangeReader = Callable[[re.Match[str]], Bounds]


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
    return Instant(), Instant(seconds=_duration_s(match))


def _last(match: re.Match[str]) -> tuple[Instant, None]:
    return Instant(seconds=_duration_s(match), from_end=True), None


def _duration_s(match: re.Match[str]) -> float:
    return _value(match.group("n") or "a") * _UNITS[match.group("unit")[0].lower()]


def _edge(match: re.Match[str]) -> Bounds:
    at_end = match.group("edge").lower() == "end"
    edge = Instant(share=EDGE_SHARE, seconds_max=EDGE_MAX_S, from_end=at_end)
    return (edge, None) if at_end else (None, edge)


def _half(match: re.Match[str]) -> Bounds:
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
    """ "between 10 and 20 seconds": one unit applies to both numbers."""
    one_s = _UNITS[match.group("unit")[0].lower()]
    return Instant(seconds=_value(match.group("a")) * one_s), Instant(seconds=_value(match.group("b")) * one_s)


def _around(match: re.Match[str]) -> tuple[Instant, Instant]:
    middle_s = _seconds(match.group("t").lower())
    return Instant(seconds=max(0.0, middle_s - AROUND_S)), Instant(seconds=middle_s + AROUND_S)


def _complement_of(reader: RangeReader) -> RangeReader:
    return lambda match: _complement(reader(match)) or (None, None)


def _complement(bounds: Bounds) -> Bounds | None:
    """The complement of a range; None when it would consist of two parts."""
    start, end = bounds
    if end is None:
        return None, start
    return (end, None) if start in (None, Instant()) else None


_DURATION = rf"(?:(?P<n>{_NUMBER})[ -])?(?P<unit>{_UNIT})"


_READERS: tuple[tuple[str, RangeReader], ...] = (
    (rf"{_IN} the (?:very )?(?:first|opening) {_DURATION}{_FREE}", _first),
    (rf"{_IN} the (?:very )?(?:last|final) (?!hour){_DURATION}{_FREE}", _last),
    (rf"{EXCLUDING} the (?:very )?(?:first|opening) {_DURATION}{_ENDS}", _complement_of(_first)),
    (rf"{EXCLUDING} the (?:very )?(?:last|final) (?!hour){_DURATION}{_ENDS}", _complement_of(_last)),
    (rf"{EXCLUDING} the (?P<half>first|second|last) half{_ENDS}", _complement_of(_half)),
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


def extract_time_ranges(text: str) -> tuple[str, tuple[TimeRange, ...]]:
    """`text` without its time expressions, and their ranges, all of which must hold.

    Ambiguous expressions are not extracted: it is worse to destroy a title such as "The End of the World" than to miss
    a time. "Not at the end" is everything before the end.
    """
    ranges: list[TimeRange] = []
    for pattern, reader in _PATTERNS:
        position = 0
        while match := pattern.search(text, position):
            before, after = text[: match.start()], text[match.end() :]
            position = match.end()
            bounds = None if is_ambiguous(before, after) else reader(match)
            if bounds and (denial := denial_before(before)):
                before, bounds = before[: denial.start()], _complement(bounds)
            if bounds and _is_ascending(*bounds):
                words = text[len(before) : match.end()]
                ranges.append(TimeRange(words=words.strip(" ,"), start=bounds[0], end=bounds[1]))
                text, position = f"{before} {after}", len(before)
    return text, tuple(ranges)


def _is_ascending(start: Instant | None, end: Instant | None) -> bool:
    """Also true for a range with an open side."""
    return not (start and end) or start.share < end.share or start.seconds < end.seconds
