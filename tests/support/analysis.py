"""Runs all tasks of the worker for one file in the order of the state machine, without AWS."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cinedex.analysis.domain.analysis_plan import AnalysisPlan
from cinedex.analysis.domain.model_results import (
    DetectedObjects,
    Embeddings,
    ReadText,
    SegmentCaptions,
    Shots,
    Transcript,
)
from cinedex.library.domain.segmenting import SegmentingOptions, cut_segments, group_chunks

from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.task_table import TASKS
from tests.support.memory.stores import MemoryResultStore
from tests.support.tasks import message, task_run

SAMPLED_STEPS = ["detect_objects", "read_text"]
STEPS = ["detect_objects", "read_text", "describe_segments"]


@dataclass
class Analysis:
    """The results, the seconds of each task, and those of the whole analysis, which are fewer than their sum."""

    transcript: Transcript
    shots: Shots
    plan: AnalysisPlan
    objects: list[DetectedObjects] = field(default_factory=list)
    text: list[ReadText] = field(default_factory=list)
    captions: list[SegmentCaptions] = field(default_factory=list)
    embeddings: Embeddings | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    total_s: float = 0.0

    @property
    def words(self) -> list[str]:
        return [w.text for u in self.transcript.utterances for w in u.words]

    @property
    def speech(self) -> str:
        return " ".join(u.text for u in self.transcript.utterances)

    @property
    def labels(self) -> set[str]:
        return {d.label for chunk in self.objects for f in chunk.frames for d in f.detections}

    @property
    def lines(self) -> set[str]:
        return {line.text for chunk in self.text for f in chunk.frames for line in f.lines}

    @property
    def caption(self) -> str:
        return " ".join(c.text for chunk in self.captions for c in chunk.captions)


def analyse(path: Path, engines: EngineRegistry, *, sample_frames: bool = True) -> Analysis:
    """Runs speech and shots at the same time, as a worker with two threads does.

    `sample_frames`: frames are sampled in the pass that detects shots, as with one worker; otherwise in that of each
    chunk.
    """
    results, seconds = MemoryResultStore(), dict[str, float]()

    def run(task: str, **fields: Any) -> Callable[[str], Any]:
        """The task's results by step."""
        began_at = time.monotonic()
        result = TASKS[task](task_run(message(task, **fields), path, engines, results))  # type: ignore[index]
        seconds[task] = seconds.get(task, 0.0) + time.monotonic() - began_at
        return lambda step: results.get(result.results[step])

    began_at = time.monotonic()
    options = {"sample_frames": {"steps": SAMPLED_STEPS}} if sample_frames else {}
    with ThreadPoolExecutor(1) as other:
        speech = other.submit(run, "transcribe_speech")
        shots = Shots.model_validate(run("detect_shots", options=options)("detect_shots"))
    transcript = Transcript.model_validate(speech.result()("transcribe_speech"))
    plan = _plan(transcript, shots)
    results.put("plan", plan.model_dump(mode="json"))
    analysis = Analysis(transcript=transcript, shots=shots, plan=plan, seconds=seconds)
    for chunk in plan.chunks:
        read = run("analyze_chunk", chunk=chunk, options={"steps": STEPS}, inputs={"plan": "plan"})
        analysis.objects.append(DetectedObjects.model_validate(read("detect_objects")))
        analysis.text.append(ReadText.model_validate(read("read_text")))
        analysis.captions.append(SegmentCaptions.model_validate(read("describe_segments")))
    texts = [c.text for chunk in analysis.captions for c in chunk.captions]
    results.put("documents", {"texts": texts})
    embedded = run("embed_segments", inputs={"documents": "documents"})
    analysis.embeddings = Embeddings.model_validate(embedded("embed_segments"))
    analysis.total_s = time.monotonic() - began_at
    return analysis


def _plan(transcript: Transcript, shots: Shots) -> AnalysisPlan:
    spoken = [u.span for u in transcript.utterances]
    segments = cut_segments(shots.duration_s, shots.shots, spoken, SegmentingOptions())
    return AnalysisPlan(
        duration_s=shots.duration_s,
        language=transcript.language,
        shots=shots.shots,
        segments=segments,
        chunks=group_chunks(segments),
        utterances=transcript.utterances,
        clock=shots.clock,
    )
