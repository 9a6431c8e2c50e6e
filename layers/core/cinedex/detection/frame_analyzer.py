"""Looks again at the pictures of a stretch of video, at once: what is in them, and what can be read on them."""

from __future__ import annotations

from typing import Protocol

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.span import Span
from cinedex.timeline.modality import Modality


class Observation(BaseModel):
    """Something seen (`objects`) or read (`screen_text`), from the first to the last frame that shows it."""

    model_config = ConfigDict(frozen=True)

    text: str
    span: Span
    source: Modality


class FrameAnalysis(BaseModel):
    """What the frames at `frame_times_s` show; fewer than were wanted when the time was up."""

    model_config = ConfigDict(frozen=True)

    models: tuple[str, ...]
    frame_times_s: tuple[float, ...]
    sights: tuple[Observation, ...]


class FrameAnalyzer(Protocol):
    def view(self, url: str, within: Span, seconds_max: float) -> FrameAnalysis:
        """At most 60 frames, evenly spread, and as many as can be looked at in `seconds_max`.

        Raises `MediaError` when the file is at fault, `Unavailable` when the models are down, `InternalError` when code
        of ours broke.
        """
