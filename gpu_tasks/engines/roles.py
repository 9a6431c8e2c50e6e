"""Protocols of the engines, one for each role; a profile selects the engine of a role."""

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
"""Shape `(height, width, 3)`, channel order BGR."""

Waveform = NDArray[np.float32]
"""Mono samples at `SAMPLE_RATE_HZ`, between -1 and 1."""

SAMPLE_RATE_HZ = 16_000


class Engine(Protocol):
    """Construction loads nothing; `setup` imports the runtime and loads the weights, and is called once."""

    info: ModelInfo

    def __init__(self, info: ModelInfo, weights: Mapping[str, Path], /) -> None: ...

    def setup(self) -> None: ...


@dataclass(frozen=True)
class SpeechOptions:
    """`language` None: the model detects it, if it can.

    `vad_threshold` is the minimum speech probability, 0 to 1; None is the default of the engine. `translate_to` is the
    language of a translation beside the transcript, or None for no translation.
    """

    language: str | None = None
    vad_threshold: float | None = None
    translate_to: str | None = None


@dataclass(frozen=True)
class UnknownSpeech:
    """Sound like speech whose words the model does not know: of another language, or too unclear.

    `language` is None if the model cannot detect it.
    """

    duration_s: float
    language: str | None = None


@dataclass(frozen=True)
class Translated:
    """What was spoken, in another language: not a part of the transcript."""

    span: Span
    text: str


Speech = Utterance | UnknownSpeech | Translated


class SpeechEngine(Engine, Protocol):
    def transcribe(self, waveform: Waveform, options: SpeechOptions, /) -> Iterator[Speech]:
        """Utterances in order of time, in seconds from the start of `waveform`, yielded during the transcription.

        Words that were probably not spoken are no utterance: what was heard is then an `UnknownSpeech`.

        Raises `EngineUnavailable` when the model does not support an option.
        """


class ShotEngine(Engine, Protocol):
    """Call `push` for the frames of a video in order, then `finish`.

    They have state, so each video has a detector of its own, which `begin` returns: a worker may analyse a second video
    between two frames of the first.
    """

    def begin(self, *, deblocked: bool = False) -> ShotEngine:
        """`deblocked`: the decoder of the frames applies the deblocking filter."""

    def push(self, at_s: float, thumbnail: Picture) -> None: ...

    def finish(self, duration_s: float) -> tuple[Span, ...]: ...


class ObjectEngine(Engine, Protocol):
    labels: frozenset[str]
    """All labels that it can detect."""

    def detect(self, picture: Picture, score_min: float = ..., /) -> tuple[Detection, ...]:
        """Objects by descending score, with boxes in pixels of `picture`; `score_min` has a default of the engine."""


class PromptedObjectEngine(Engine, Protocol):
    def supports(self, prompt: str, /) -> bool:
        """Whether the model can process the prompt."""

    def find(
        self, pictures: Sequence[Picture], prompts: Sequence[str], score_min: float, /
    ) -> list[tuple[PromptedDetection, ...]]:
        """Detections for each picture by descending score; `prompt_index` is an index of `prompts`.

        Raises `OutOfMemory` when a single picture does not fit into the memory.
        """


class ScreenTextEngine(Engine, Protocol):
    def read(self, picture: Picture) -> tuple[ScreenLine, ...]:
        """Lines of text with boxes in pixels of `picture`, in reading order."""


@dataclass(frozen=True)
class CaptionEvidence:
    """The results from which the caption of a segment is composed; boxes are in pixels of the frame."""

    span: Span
    frame_width: int
    frame_height: int
    objects: Sequence[FrameDetections]
    text: Sequence[FrameText]
    speech: Sequence[Utterance]


class CaptionEngine(Engine, Protocol):
    def describe(self, evidence: CaptionEvidence) -> str:
        """English sentences; the same evidence always returns the same text."""


class TextVectorEngine(Engine, Protocol):
    dimension: int

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of shape `(len(texts), dimension)`, in the order of `texts`."""
