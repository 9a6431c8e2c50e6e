"""Parse a subtitle file: SubRip (SRT), WebVTT or ASS. A line that cannot be understood is named, not skipped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import islice
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pysubs2 import SSAEvent, SSAFile

from cinedex.kernel.errors import InvalidInput, TooLarge
from cinedex.kernel.span import span
from cinedex.subtitles.cue import Cue, in_order, text_of_ass, tidy
from cinedex.subtitles.text_encoding import decode

BYTES_MAX = 4 * 1024**2
CUES_MAX = 20_000
Format = Literal["subrip", "webvtt", "ass"]
_READERS: dict[Format, str] = {"subrip": "srt", "webvtt": "vtt", "ass": "ass"}
_SRT_TIME, _VTT_TIME = r"\d{1,2}:\d{1,2}:\d{1,2}[.,]\d{1,3}", r"(?:\d{2,4}:)?\d{2}:\d{2}\.\d{3}"
_CUE_TIMES = {
    kind: re.compile(rf"\s*({time})\s*-->\s*({time})(?:\s.*)?")
    for kind, time in (("subrip", _SRT_TIME), ("webvtt", _VTT_TIME))
}
_INTENDED_TIMES = re.compile(r"-->|^\s*\d+:\d+:\d+\S*\s*[-–—=]*>?\s*\d+:\d+")
_DIALOGUE = re.compile(r"Dialogue:[^,]*,\s*(\d+:\d{1,2}:\d{1,2}[.:]\d{1,3})\s*,\s*(\d+:\d{1,2}:\d{1,2}[.:]\d{1,3})\s*,")
_VTT_COMMENT = re.compile(r"(NOTE|STYLE|REGION)(\s|$)")
_SHOWN_CHARS_MAX = 80


class ParsedFile(BaseModel):
    model_config = ConfigDict(frozen=True)

    format: Format
    encoding: str
    cues: tuple[Cue, ...]


def parse_file(data: bytes, encoding: str | None = None, language: str | None = None) -> ParsedFile:
    """Raises `InvalidInput` with the number of the line, and `TooLarge`."""
    if len(data) > BYTES_MAX:
        raise TooLarge(f"The subtitle file has {len(data)} bytes; the most is {BYTES_MAX}.", field="file")
    text, used = decode(data, encoding, language)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    kind = _format_of(text)
    _check_lines(text, kind)
    cues = in_order([_cue(event, kind) for event in SSAFile.from_string(text, format_=_READERS[kind]) if _shown(event)])
    if not cues:
        raise InvalidInput("The subtitle file has no text with a time.", field="file")
    if len(cues) > CUES_MAX:
        raise TooLarge(f"The subtitle file has {len(cues)} cues; the most is {CUES_MAX}.", field="file")
    return ParsedFile(format=kind, encoding=used, cues=cues)


def _format_of(text: str) -> Format:
    lines = (line for line in text.split("\n") if line.strip())
    first = next(lines, "")
    if first.startswith("WEBVTT"):
        return "webvtt"
    if re.match(r"\[(script info|v4\+? styles|events)\]", first.strip(), re.IGNORECASE):
        return "ass"
    if any(map(_INTENDED_TIMES.search, (first, *islice(lines, 3)))):
        return "subrip"
    raise InvalidInput(
        f"Line 1: {_shown_line(first)} does not begin a subtitle file. SubRip (.srt), WebVTT (.vtt) and ASS (.ass) are"
        " supported.",
        field="file",
    )


def _check_lines(text: str, kind: Format) -> None:
    lines = list(enumerate(text.split("\n"), start=1))
    for number, line, times in _dialogues(lines) if kind == "ass" else _cue_times(lines, kind):
        if times is None:
            example = "Dialogue: 0,0:00:01.00,0:00:02.50,…" if kind == "ass" else "00:00:01,000 --> 00:00:02,500"
            raise InvalidInput(f"Line {number}: {_shown_line(line)} has no times such as {example}.", field="file")
        start_s, end_s = map(_seconds, times)
        if end_s < start_s:
            raise InvalidInput(f"Line {number}: the cue ends at {times[1]}, before it starts.", field="file")


CheckedLine = tuple[int, str, tuple[str, str] | None]


def _dialogues(lines: list[tuple[int, str]]) -> Iterator[CheckedLine]:
    for number, line in lines:
        if line.startswith("Dialogue:"):
            match = _DIALOGUE.match(line)
            yield number, line, (match[1], match[2]) if match else None


def _cue_times(lines: list[tuple[int, str]], kind: Format) -> Iterator[CheckedLine]:
    is_comment = False
    for number, line in lines:
        if kind == "webvtt" and (is_comment or _VTT_COMMENT.match(line)):
            is_comment = bool(line.strip())
        elif _INTENDED_TIMES.search(line):
            match = _CUE_TIMES[kind].fullmatch(line)
            yield number, line, (match[1], match[2]) if match else None


def _seconds(time: str) -> float:
    *hours, minutes, seconds, fraction = re.split("[:.,]", time)
    whole = int(hours[0] if hours else 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + float(f"0.{fraction}")


def _shown(event: SSAEvent) -> bool:
    return not event.is_comment


def _cue(event: SSAEvent, kind: Format) -> Cue:
    text = text_of_ass(event.text)
    start_s, end_s = max(event.start, 0) / 1000, max(event.end, 0) / 1000
    return Cue(span=span(start_s, max(start_s, end_s)), text=tidy(html.unescape(text)) if kind == "webvtt" else text)


def _shown_line(line: str) -> str:
    shown = line.strip()
    return repr(shown if len(shown) <= _SHOWN_CHARS_MAX else f"{shown[:_SHOWN_CHARS_MAX]}…")
