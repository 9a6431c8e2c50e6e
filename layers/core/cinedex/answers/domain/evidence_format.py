"""Format a piece of evidence as a line of an answer."""

from __future__ import annotations

from cinedex.answers.domain.agent import Evidence
from cinedex.kernel.timecode import timecodes
from cinedex.timeline.modality import Modality

_SOURCES = {
    Modality.SPEECH: "speech",
    Modality.CAPTION: "caption",
    Modality.SCREEN_TEXT: "on screen",
    Modality.OBJECTS: "objects seen",
    Modality.METADATA: "title",
}


def evidence_line(evidence: Evidence) -> str:
    """`“The telescope is tested at Goddard.” — demo.mp4, 0:05–0:09 (speech)`."""
    quote, at = " ".join(evidence.text.split()), timecodes(evidence.span)
    return f"“{quote}” — {evidence.video_name}, {at} ({_SOURCES[evidence.source]})"
