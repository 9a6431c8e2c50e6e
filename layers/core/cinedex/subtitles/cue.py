"""Cues of subtitles, and their text without markup."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.span import Span
from cinedex.kernel.text.plain_text import visible

CUE_CHARS_MAX = 1000
"""Of the text that a reader sees."""
CUES_BYTES_MAX = 4 * 1024**2
"""Of the texts of all cues of a track."""
# Their time grows with the length of the text, not with its square: each match begins where the one before ended.
_DRAWING = re.compile(r"\{[^{}]*\\p[1-9]")
_OVERRIDE = re.compile(r"\{[^}]*(\}|\Z)")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<\d[\d:.]*>")
_ESCAPES = {r"\h": " ", r"\n": "\n", r"\N": "\n"}


class Cue(BaseModel):
    """One text with the time for which it is shown; it has no markup, and lines end with `\\n`."""

    model_config = ConfigDict(frozen=True)

    span: Span
    text: str


class StoredCues(BaseModel):
    """The stored object of one or several tracks; `cues` has one list for each track, in order of time."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    cues: tuple[tuple[Cue, ...], ...]


def text_of_ass(text: str) -> str:
    """The text of an ASS event as a reader sees it; a drawing has none."""
    return tidy(without_markup(text))


def without_markup(text: str) -> str:
    """An ASS event without its override blocks and HTML tags; `plaintext` of pysubs2 takes quadratic time."""
    if _DRAWING.search(text):
        return ""
    text = _OVERRIDE.sub(lambda block: "" if block[1] else block[0], text)
    for escape, character in _ESCAPES.items():
        text = text.replace(escape, character)
    return _TAG.sub("", text)


def tidy(text: str) -> str:
    """Without invisible characters and empty lines, which would end the cue in an export."""
    lines = (" ".join(line.split()) for line in visible(text).splitlines())
    return "\n".join(line for line in lines if line)


def in_order(cues: list[Cue]) -> tuple[Cue, ...]:
    """By time; without cues that show nothing."""
    return tuple(sorted((c for c in cues if c.text), key=lambda c: (c.span.start_s, c.span.end_s)))
