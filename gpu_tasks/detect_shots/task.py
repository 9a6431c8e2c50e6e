"""Task `detect_shots`: option `sample_frames`, result `Shots`.

With the option, the same pass samples frames for the chunks (`sampled_frames`), and decodes with the deblocking filter.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from cinedex.analysis.domain.model_results import Shots
from cinedex.analysis.domain.task_message import TaskResult

from gpu_tasks.detect_shots.selection import EachSample, Pace
from gpu_tasks.engines.roles import ShotEngine
from gpu_tasks.media import MEDIA_VERSION
from gpu_tasks.media.audio import has_sound
from gpu_tasks.media.duration import estimated_duration_s
from gpu_tasks.media.frames import DecodedFrame, PictureReport, decode_frames
from gpu_tasks.sampled_frames.collector import SampleCollector
from gpu_tasks.sampled_frames.request import SampleRequest, requested_by_shots
from gpu_tasks.task_errors import CorruptMedia
from gpu_tasks.task_run import TaskRun

STEP = "detect_shots"
THUMBNAIL = (64, 36)
COMPARED_FPS = 12.5  # a higher rate takes more time and finds no more boundaries
DURATION_MIN_S = 1e-6
CLOCK_PIECES_MAX = 500  # the rest is found again by each task


def run(task: TaskRun) -> TaskResult:
    model = task.engines.model("shots")
    key = task.key(STEP, [model], media=MEDIA_VERSION)
    if not task.results.has(key):
        task.store(key, _detect(task, task.engines.shots, task.fetch_media()))
    return TaskResult(results={STEP: key}, models=(model.label,))


def _detect(task: TaskRun, engine: ShotEngine, path: Path) -> Shots:
    """A file without video is one shot from its start to its end, and so is one whose pictures cannot be decoded.

    Raises `CorruptMedia` when neither pictures nor sound can be decoded.
    """
    report, request = PictureReport(), requested_by_shots(task)
    detector = engine.begin(deblocked=request is not None)
    try:
        _read_pictures(task, detector, path, report, request)
    except CorruptMedia:
        if not has_sound(path):
            raise
    duration_s = max(report.shown_until_s, DURATION_MIN_S)
    return Shots(
        shots=detector.finish(duration_s),
        duration_s=duration_s,
        models=(engine.info,),
        clock=report.clock[:CLOCK_PIECES_MAX] if len(report.clock) > 1 else (),
        unreadable=round(report.damage.share, 4),
    )


def _read_pictures(
    task: TaskRun, detector: ShotEngine, path: Path, report: PictureReport, request: SampleRequest | None
) -> None:
    if request is None or task.results.has(request.key):
        frames = decode_frames(path, fast=request is None, report=report, is_needed=_needed(None))
        deque(_compared(task, detector, path, frames), maxlen=0)
        return
    frames = decode_frames(path, report=report, is_needed=_needed(request.options.detection.sample_fps))
    with SampleCollector(request) as samples:
        for frame in _compared(task, detector, path, frames):
            samples.push(frame)
        samples.finish(report.shown_until_s)


def _needed(sample_fps: float | None) -> Callable[[float], bool]:
    """Whether a frame is compared or sampled, if it is called with the times of all frames in order."""
    compared, sampled = Pace(COMPARED_FPS), EachSample(sample_fps)
    return lambda at_s: any([compared.is_due(at_s), sampled.is_due(at_s)])


def _compared(
    task: TaskRun, detector: ShotEngine, path: Path, frames: Iterable[DecodedFrame]
) -> Iterator[DecodedFrame]:
    """All frames, after the detector has compared those that it needs."""
    estimated_s = estimated_duration_s(path)
    pace = Pace(COMPARED_FPS)
    for frame in frames:
        if pace.is_due(frame.at_s):
            detector.push(frame.at_s, frame.thumbnail(*THUMBNAIL, "bgr24"))
            task.report(min(frame.at_s / estimated_s, 1.0))
        yield frame
