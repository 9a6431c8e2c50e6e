"""Format a piece of evidence as a line of an answer."""

from __future__ import annotations

from cinedex.answers.domain.agent import Evidence
from cinedex.kernel.text.plain_text import plain_text
from cinedex.kernel.timecode import timecodes
from cinedex.timeline.modality import Modality

_SOURCES = {
    Modality.SPEECH: "speech",
    Modality.CAPTION: "caption",
    Modality.SCREEN_TEXT: "on screen",
    Modality.OBJECTS: "objects seen",
    Modality.METADATA: "title",
    Modality.SUBTITLE: "subtitle",
}


def evidence_line(evidence: Evidence) -> str:
    """`“The telescope is tested at Goddard.” — demo.mp4, 0:05–0:09 (speech)`."""
    quote, name = (plain_text(" ".join(text.split())) for text in (evidence.text, evidence.video_name))
    return f"“{quote}” — {name}, {timecodes(evidence.span)} ({_SOURCES[evidence.source]})"
