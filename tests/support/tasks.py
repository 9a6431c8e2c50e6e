"""Task runs over a local file with results in memory, and fake engines with constant results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
from cinedex.analysis.domain.analysis_plan import AnalysisPlan
from cinedex.analysis.domain.model_results import Box, Detection, ModelInfo, ScreenLine, Utterance, Word
from cinedex.analysis.domain.task_message import MediaReference, TaskMessage
from cinedex.kernel.span import Span, span
from cinedex.library.domain.segmenting import Chunk, SegmentingOptions, cut_segments, group_chunks
from numpy.typing import NDArray

from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.engines.roles import Picture, Speech, SpeechOptions, Waveform
from gpu_tasks.task_run import TaskRun
from tests.support.memory.stores import MemoryResultStore


@dataclass
class FakeSpeech:
    """Returns one word in the middle of every window."""

    info = ModelInfo(id="fake-speech", version="1")
    thresholds: list[float | None] = field(default_factory=list)

    def transcribe(self, waveform: Waveform, options: SpeechOptions, /) -> Iterator[Speech]:
        self.thresholds.append(options.vad_threshold)
        middle_s = len(waveform) / 16_000 / 2
        word_span = span(middle_s, middle_s + 0.1)
        words = (Word(span=word_span, text="Word.", probability=0.9),)
        yield Utterance(span=word_span, text="Word.", words=words, language="en")


@dataclass
class FakeObjects:
    """Detects a person in the left half of every picture, and records the sizes of the pictures."""

    info = ModelInfo(id="fake-objects", version="1")
    labels = frozenset({"person", "dog", "car", "truck", "cell phone"})
    picture_sizes: list[tuple[int, int]] = field(default_factory=list)

    def detect(self, picture: Picture, score_min: float = 0.5, /) -> tuple[Detection, ...]:
        height, width = picture.shape[:2]
        self.picture_sizes.append((width, height))
        return (Detection(label="person", score=0.9, box=Box(x1=0, y1=0, x2=width // 2, y2=height)),)


@dataclass
class FakeScreenText:
    info = ModelInfo(id="fake-text", version="1")

    def read(self, picture: Picture) -> tuple[ScreenLine, ...]:
        return (ScreenLine(text="HELLO", score=0.95, box=Box(x1=10, y1=10, x2=60, y2=20)),)


@dataclass
class FakeVectors:
    info = ModelInfo(id="fake-vectors", version="1")
    dimension: int = 2

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.tile(np.array([0.6, 0.8], np.float32), (len(texts), 1))


class FakeEngines(EngineRegistry):
    """The real catalog, with fake engines for the roles that would load a model."""

    def __init__(self) -> None:
        super().__init__("cpu")
        self.objects_engine, self.speech_engine = FakeObjects(), FakeSpeech()
        fakes = {
            "speech": self.speech_engine,
            "objects": self.objects_engine,
            "screen_text": FakeScreenText(),
            "text_vectors": FakeVectors(),
        }
        self._ready.update(cast(Any, fakes))


def message(task: str, **fields: Any) -> TaskMessage:
    return TaskMessage.model_validate(
        {
            "task": task,
            "task_token": "token",
            "account_id": "account",
            "video_id": "video",
            "run_id": "run",
            "media": MediaReference(bucket="media", key="clip.mp4", etag="etag"),
            **fields,
        }
    )


def task_run(
    task: TaskMessage,
    path: Path,
    engines: EngineRegistry,
    results: MemoryResultStore | None = None,
    report: Callable[[float], None] = lambda _: None,
) -> TaskRun:
    return TaskRun(task, engines, results or MemoryResultStore(), lambda: path, report)


def plan_of(
    length_s: float, shots: Sequence[Span] = (), utterances: Sequence[Utterance] = ()
) -> tuple[AnalysisPlan, Chunk]:
    """A plan over `length_s` seconds and its first chunk."""
    shots = shots or (span(0, length_s),)
    segments = cut_segments(length_s, shots, [u.span for u in utterances], SegmentingOptions())
    chunks = group_chunks(segments)
    plan = AnalysisPlan(
        duration_s=length_s,
        language=None,
        shots=tuple(shots),
        segments=segments,
        chunks=chunks,
        utterances=tuple(utterances),
    )
    return plan, chunks[0]
