"""Where evidence of a segment comes from."""

from __future__ import annotations

from enum import StrEnum


class Modality(StrEnum):
    """Kinds of evidence: speech, captions, on-screen text, detected objects, and metadata of the video."""

    SPEECH = "speech"
    CAPTION = "caption"
    SCREEN_TEXT = "screen_text"
    OBJECTS = "objects"
    METADATA = "about"
