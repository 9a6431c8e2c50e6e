"""Task `detect_shots`: no options, result `Shots`."""

from __future__ import annotations

from pathlib import Path

from cinedex.analysis.domain.model_results import Shots
from cinedex.analysis.domain.task_message import TaskResult

from gpu_tasks.engines.roles import ShotEngine
from gpu_tasks.media.duration import duration_s
from gpu_tasks.media.frames import decode_frames
from gpu_tasks.task_run import TaskRun

STEP = "detect_shots"
THUMBNAIL = (64, 36)
COMPARED_FPS = 12.5  # a higher rate takes more time and finds no more boundaries


def run(task: TaskRun) -> TaskResult:
    model = task.engines.model("shots")
    key = task.key(STEP, [model])
    if not task.results.has(key):
        task.store(key, _detect(task, task.engines.shots, task.fetch_media()))
    return TaskResult(results={STEP: key}, models=(model.label,))


def _detect(task: TaskRun, engine: ShotEngine, path: Path) -> Shots:
    """A file without video is one shot from its start to its end."""
    total_s = duration_s(path)
    engine.begin()
    next_s = 0.0
    for frame in decode_frames(path, fast=True):
        if frame.at_s >= next_s:
            engine.push(frame.at_s, frame.thumbnail(*THUMBNAIL, "bgr24"))
            next_s = max(next_s + 1 / COMPARED_FPS, frame.at_s)
            task.report(frame.at_s / total_s)
    return Shots(shots=engine.finish(total_s), duration_s=total_s, models=(engine.info,))
