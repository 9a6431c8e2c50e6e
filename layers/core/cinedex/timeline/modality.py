"""Where evidence of a segment comes from."""

from __future__ import annotations

from enum import StrEnum


class Modality(StrEnum):
    """Kinds of evidence: speech, captions, on-screen text, detected objects, metadata of the video, and subtitles.

    Search files store the position of a member, so that new ones are added at the end.
    """

    SPEECH = "speech"
    CAPTION = "caption"
    SCREEN_TEXT = "screen_text"
    OBJECTS = "objects"
    METADATA = "about"
    SUBTITLE = "subtitle"
