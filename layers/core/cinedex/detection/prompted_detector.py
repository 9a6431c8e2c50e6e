"""The port that detects the objects of prompts in a video range on demand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from cinedex.kernel.span import Span
from cinedex.library.domain.probe import ClockPiece


class PromptedDetection(BaseModel):
    """`box` is (left, top, right, bottom) as shares of the frame size, 0 to 1."""

    model_config = ConfigDict(frozen=True)

    prompt_index: int = Field(ge=0)
    label: str
    score: float = Field(ge=0, le=1)
    box: tuple[float, float, float, float]


class PromptedFrame(BaseModel):
    model_config = ConfigDict(frozen=True)

    at_s: float
    detections: tuple[PromptedDetection, ...]


class PromptedFrames(BaseModel):
    """Sampled frames in order, including those without a detection; `unserved` are prompts unknown to the model."""

    model_config = ConfigDict(frozen=True)

    model: str
    width: int | None = None
    height: int | None = None
    frames: tuple[PromptedFrame, ...]
    unserved: tuple[int, ...] = ()


class PromptedDetector(Protocol):
    def detect(
        self, url: str, within: Span, prompts: tuple[str, ...], threshold: float, clock: Sequence[ClockPiece] = ()
    ) -> PromptedFrames:
        """Raises `MediaError` for an unusable file, `Unavailable` when the model is down, and `InternalError`."""
