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
from cinedex.subtitles.cue import (
    CUE_CHARS_MAX,
    CUES_BYTES_MAX,
    Cue,
    in_order,
    text_of_ass,
    tidy,
    without_markup,
)
from cinedex.subtitles.text_encoding import decode

BYTES_MAX = CUES_BYTES_MAX
CUES_MAX = 20_000
Format = Literal["subrip", "webvtt", "ass"]
_READERS: dict[Format, str] = {"subrip": "srt", "webvtt": "vtt", "ass": "ass"}
_SRT_TIME, _VTT_TIME = r"\d{1,2}:\d{1,2}:\d{1,2}[.,]\d{1,3}", r"(?:\d{2,4}:)?\d{2}:\d{2}\.\d{3}"
_CUE_TIMES = {
    kind: re.compile(rf"\s*({time})\s*-->\s*({time})(?:\s.*)?")
    for kind, time in (("subrip", _SRT_TIME), ("webvtt", _VTT_TIME))
}
# Bounded repetitions: the pattern does not backtrack over a whole line.
_INTENDED_TIMES = re.compile(r"-->|^\s*\d{1,4}:\d{1,4}:\d{1,4}\S{0,8}\s{0,8}[-–—=]{0,4}>?\s{0,8}\d{1,4}:\d")
_ASS_TIME = r"\d{1,2}:\d{1,2}:\d{1,2}\.\d{1,3}|\d{1,2}:\d{2}:\d{2}:\d{1,3}"
_DIALOGUE = re.compile(rf"Dialogue:[^,]*,\s*({_ASS_TIME})\s*,\s*({_ASS_TIME})\s*,")
_FIELDS_BEFORE_TEXT = 9
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
    lines = _lines_of(text, kind)
    _check_times(lines, kind)
    _check_lengths(lines, kind)
    cues = in_order(_read(lines, kind))
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


NumberedLine = tuple[int, str]
CheckedLine = tuple[int, str, tuple[str, str] | None]


def _lines_of(text: str, kind: Format) -> list[NumberedLine]:
    """The lines that belong to cues, with their numbers; the others of WebVTT are empty, those of ASS are left out."""
    lines = list(enumerate(text.split("\n"), start=1))
    if kind == "ass":
        return [(number, line.strip()) for number, line in lines if line.strip().startswith("Dialogue:")]
    return list(_without_comments(lines)) if kind == "webvtt" else lines


def _without_comments(lines: list[NumberedLine]) -> Iterator[NumberedLine]:
    """A block of comments or styles begins after an empty line and ends with one."""
    is_comment, is_after_empty = False, True
    for number, line in lines:
        is_comment = bool(line.strip()) and (is_comment or (is_after_empty and bool(_VTT_COMMENT.match(line))))
        is_after_empty = not line.strip()
        yield number, "" if is_comment else line


def _read(lines: list[NumberedLine], kind: Format) -> list[Cue]:
    """pysubs2 takes quadratic time for empty lines that follow each other, and for unknown tags that it removes."""
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(line for _, line in lines))
    options = {} if kind == "ass" else {"keep_unknown_html_tags": True}
    try:
        return [_cue(event, kind) for event in SSAFile.from_string(text, format_=_READERS[kind], **options)]
    except ValueError as error:
        raise InvalidInput(f"The subtitle file cannot be read: {_shown_line(str(error))}", field="file") from error


def _check_times(lines: list[NumberedLine], kind: Format) -> None:
    for number, line, times in _dialogues(lines) if kind == "ass" else _cue_times(lines, kind):
        if times is None:
            example = "Dialogue: 0,0:00:01.00,0:00:02.50,…" if kind == "ass" else "00:00:01,000 --> 00:00:02,500"
            raise InvalidInput(f"Line {number}: {_shown_line(line)} has no times such as {example}.", field="file")
        start_s, end_s = map(_seconds, times)
        if end_s < start_s:
            raise InvalidInput(f"Line {number}: the cue ends at {times[1]}, before it starts.", field="file")


def _check_lengths(lines: list[NumberedLine], kind: Format) -> None:
    for number, text in _ass_texts(lines) if kind == "ass" else _cue_texts(lines):
        chars = len(" ".join(without_markup(text).split())) if len(text) > CUE_CHARS_MAX else 0
        if chars > CUE_CHARS_MAX:
            raise InvalidInput(
                f"Line {number}: the cue has {chars} characters; the most is {CUE_CHARS_MAX}.", field="file"
            )


def _ass_texts(lines: list[NumberedLine]) -> Iterator[NumberedLine]:
    for number, line in lines:
        yield number, line.split(",", _FIELDS_BEFORE_TEXT)[-1]


def _cue_texts(lines: list[NumberedLine]) -> Iterator[NumberedLine]:
    """Each with the number of the line of its times; what precedes the first times is the head of the file."""
    started, text = 0, list[str]()
    for number, line in [*lines, (0, "-->")]:
        if not _INTENDED_TIMES.search(line):
            text.append(line)
            continue
        if started:
            yield started, "\n".join(text).strip()
        started, text = number, []


def _dialogues(lines: list[NumberedLine]) -> Iterator[CheckedLine]:
    for number, line in lines:
        match = _DIALOGUE.match(line)
        yield number, line, (match[1], match[2]) if match else None


def _cue_times(lines: list[NumberedLine], kind: Format) -> Iterator[CheckedLine]:
    for number, line in lines:
        if _INTENDED_TIMES.search(line):
            match = _CUE_TIMES[kind].fullmatch(line)
            yield number, line, (match[1], match[2]) if match else None


def _seconds(time: str) -> float:
    *hours, minutes, seconds, fraction = re.split("[:.,]", time)
    whole = int(hours[0] if hours else 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + float(f"0.{fraction}")


def _cue(event: SSAEvent, kind: Format) -> Cue:
    text = text_of_ass(event.text)
    text = tidy(html.unescape(text)) if kind == "webvtt" else text
    start_s, end_s = max(event.start, 0) / 1000, max(event.end, 0) / 1000
    return Cue(span=span(start_s, max(start_s, end_s)), text=text[:CUE_CHARS_MAX])


def _shown_line(line: str) -> str:
    shown = line.strip()
    return repr(shown if len(shown) <= _SHOWN_CHARS_MAX else f"{shown[:_SHOWN_CHARS_MAX]}…")
