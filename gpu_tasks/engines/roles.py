"""What a task may ask of an engine, one protocol per role; a profile decides who plays it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from cinedex.analysis.domain.model_results import (
    Detection,
    FrameDetections,
    FrameText,
    ModelInfo,
    ScreenLine,
    Utterance,
)
from cinedex.detection.prompted_detector import PromptedDetection
from cinedex.kernel.span import Span
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""Shape `(height, width, 3)`, blue-green-red."""

Sound = NDArray[np.float32]
"""Mono samples at `SAMPLE_RATE_HZ`, between -1 and 1."""

SAMPLE_RATE_HZ = 16_000


class Engine(Protocol):
    """Construction is free; `setup` imports the runtime and loads the weights, once."""

    info: ModelInfo

    def __init__(self, info: ModelInfo, weights: Mapping[str, Path], /) -> None: ...

    def setup(self) -> None: ...


class SpeechEngine(Engine, Protocol):
    def transcribe(
        self, sound: Sound, language: str | None, vad_threshold: float | None = None, /
    ) -> Iterator[Utterance]:
        """Utterances in order as they are found, in seconds from the start of `sound`.

        `vad_threshold` is how sure one must be that somebody speaks, 0 to 1; None is the engine's own.

        Raises `EngineUnavailable` when the model does not know the language.
        """

    def language_of(self, language: str | None, /) -> str:
        """The language in which the words are written when `language` was asked for."""


class ShotEngine(Engine, Protocol):
    """Keeps state between frames: `begin` a video, `push` frames in order, `finish` it."""

    def begin(self) -> None: ...

    def push(self, at_s: float, thumbnail: Picture) -> None: ...

    def finish(self, duration_s: float) -> tuple[Span, ...]: ...


class ObjectEngine(Engine, Protocol):
    labels: frozenset[str]
    """All that it can tell apart."""

    def detect(self, picture: Picture, score_min: float = ..., /) -> tuple[Detection, ...]:
        """Objects with boxes in pixels of `picture`, best first; by default those it is sure of."""


class PromptedObjectEngine(Engine, Protocol):
    def serves(self, prompt: str, /) -> bool:
        """Whether it can look for what these words ask for."""

    def find(
        self, pictures: Sequence[Picture], prompts: Sequence[str], score_min: float, /
    ) -> list[tuple[PromptedDetection, ...]]:
        """For each picture what the prompts ask for, best first; `prompt_index` counts in `prompts`.

        Raises `OutOfMemory` when a single picture does not fit.
        """


class ScreenTextEngine(Engine, Protocol):
    def read(self, picture: Picture) -> tuple[ScreenLine, ...]:
        """Lines of text with boxes in pixels of `picture`, in reading order."""


@dataclass(frozen=True)
class CaptionEvidence:
    """All that is known about one segment when it is described; boxes are in pixels of the frame."""

    span: Span
    frame_width: int
    frame_height: int
    objects: Sequence[FrameDetections]
    text: Sequence[FrameText]
    speech: Sequence[Utterance]


class CaptionEngine(Engine, Protocol):
    def describe(self, evidence: CaptionEvidence) -> str:
        """Plain English sentences; the same evidence always gives the same words."""


class TextVectorEngine(Engine, Protocol):
    dimension: int

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of shape `(len(texts), dimension)`, in the order of `texts`."""
