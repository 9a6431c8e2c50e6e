"""Looks again at the pictures of a stretch of video, at once: what is in them, and what can be read on them."""

from __future__ import annotations

from typing import Protocol

from pydantic import BaseModel, ConfigDict

from cinedex.domain.moment import Modality
from cinedex.domain.span import Span


class Sight(BaseModel):
    """Something seen (`objects`) or read (`screen_text`), from the first to the last frame that shows it."""

    model_config = ConfigDict(frozen=True)

    text: str
    span: Span
    source: Modality


class Viewed(BaseModel):
    """What the frames at `frame_times_s` show; fewer than were wanted when the time was up."""

    model_config = ConfigDict(frozen=True)

    models: tuple[str, ...]
    frame_times_s: tuple[float, ...]
    sights: tuple[Sight, ...]


class FrameViewer(Protocol):
    def view(self, url: str, within: Span, seconds_max: float) -> Viewed:
        """At most 60 frames, evenly spread, and as many as can be looked at in `seconds_max`.

        Raises `MediaError` when the file is at fault, `Unavailable` when the models are down.
        """
