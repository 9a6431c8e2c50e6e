"""The port that analyses frames of a video range on demand, for objects and on-screen text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from cinedex.kernel.span import Span
from cinedex.library.domain.probe import ClockPiece
from cinedex.timeline.modality import Modality


class Observation(BaseModel):
    """An object (`objects`) or a line of text (`screen_text`), from the first to the last frame that shows it."""

    model_config = ConfigDict(frozen=True)

    text: str
    span: Span
    source: Modality


class FrameAnalysis(BaseModel):
    """The observations in the frames at `frame_times_s`; fewer than requested at the time limit.

    Earlier versions of the function name `observations` `sights`; their responses are still read.
    """

    model_config = ConfigDict(frozen=True)

    models: tuple[str, ...]
    frame_times_s: tuple[float, ...]
    observations: tuple[Observation, ...] = Field(validation_alias=AliasChoices("observations", "sights"))


class FrameAnalyzer(Protocol):
    def analyze(self, url: str, within: Span, seconds_max: float, clock: Sequence[ClockPiece] = ()) -> FrameAnalysis:
        """Analyses at most 60 evenly spaced frames, and as many as possible in `seconds_max`.

        Raises `MediaError` for an unusable file, `Unavailable` when the models are down, and `InternalError`.
        """
