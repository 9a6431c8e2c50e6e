"""Write cues as SubRip or WebVTT."""

from __future__ import annotations

import html
from collections.abc import Iterable
from enum import StrEnum

from cinedex.subtitles.cue import Cue


class ExportFormat(StrEnum):
    SRT = "srt"
    VTT = "vtt"

    @property
    def media_type(self) -> str:
        return "text/vtt" if self is ExportFormat.VTT else "application/x-subrip"


def export(cues: Iterable[Cue], target: ExportFormat, language: str | None = None) -> str:
    """Lines end with a newline; times are exact to a millisecond. SubRip cannot state its language."""
    if target is ExportFormat.VTT:
        head = f"WEBVTT\nLanguage: {language}\n\n" if language else "WEBVTT\n\n"
        return head + "".join(f"{_times(c, '.')}\n{html.escape(c.text, quote=False)}\n\n" for c in cues)
    return "".join(f"{number}\n{_times(c, ',')}\n{_srt(c.text)}\n\n" for number, c in enumerate(cues, start=1))


def _times(cue: Cue, point: str) -> str:
    return f"{_timestamp(cue.span.start_s, point)} --> {_timestamp(cue.span.end_s, point)}"


def _timestamp(at_s: float, point: str) -> str:
    seconds, ms = divmod(round(at_s * 1000), 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{ms:03}"


def _srt(text: str) -> str:
    """SubRip has no escapes; an arrow would begin a new cue in some readers."""
    return text.replace("-->", "→")
