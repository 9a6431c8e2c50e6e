"""Where evidence of a segment comes from."""

from __future__ import annotations

from enum import StrEnum


class Modality(StrEnum):
    """Where evidence comes from: heard, described, read on the picture, seen, or told by the uploader."""

    SPEECH = "speech"
    CAPTION = "caption"
    SCREEN_TEXT = "screen_text"
    OBJECTS = "objects"
    METADATA = "about"
