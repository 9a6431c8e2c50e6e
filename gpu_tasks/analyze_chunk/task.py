"""Task `analyze_chunk`: options `steps` and `detection`, input `plan`; one decoding pass serves all missing steps.

Frames that were sampled while the shots were detected are neither decoded nor processed again.

Steps and their results: `detect_objects` -> `DetectedObjects`, `read_text` -> `ReadText`,
`describe_segments` -> `SegmentCaptions`. Captions are composed from the other two results, so that a run for captions
stores the objects that a later run for objects reuses, and vice versa.
"""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.analysis.domain.analysis_plan import AnalysisPlan
from cinedex.analysis.domain.model_results import DetectedObjects, ModelInfo, ReadText
from cinedex.analysis.domain.task_message import TaskResult
from cinedex.library.domain.segmenting import Chunk
from pydantic import ValidationError

from gpu_tasks.analyze_chunk.captions import describe_segments
from gpu_tasks.analyze_chunk.detection_options import DetectionOptions
from gpu_tasks.analyze_chunk.frame_loop import FrameJob, process_chunk
from gpu_tasks.engines.catalog import Role
from gpu_tasks.media import MEDIA_VERSION
from gpu_tasks.sampled_frames.request import needed_by_chunk
from gpu_tasks.sampled_frames.stored import results_from_samples
from gpu_tasks.task_errors import InvalidTask
from gpu_tasks.task_run import TaskRun

ROLES: dict[str, Role] = {
    "detect_objects": "objects",
    "read_text": "screen_text",
    "describe_segments": "captions",
}
FRAME_STEPS = ("detect_objects", "read_text")


def run(task: TaskRun) -> TaskResult:
    chunk, requested = _chunk(task), _requested_steps(task)
    plan = task.input("plan", AnalysisPlan)
    needed = FRAME_STEPS if "describe_segments" in requested else requested
    keys = {step: _key(task, step) for step in dict.fromkeys([*needed, *requested])}
    missing = [step for step in needed if not task.results.has(keys[step])]
    if missing:
        _process_frames(task, plan, chunk, needed, {step: keys[step] for step in missing})
    if "describe_segments" in requested and not task.results.has(keys["describe_segments"]):
        _describe(task, plan, chunk, keys)
    labels = tuple(task.engines.model(ROLES[step]).label for step in keys)
    return TaskResult(results=keys, models=labels)


def _chunk(task: TaskRun) -> Chunk:
    if task.message.chunk is None:
        raise InvalidTask("The task analyze_chunk needs a chunk.")
    return task.message.chunk


def _requested_steps(task: TaskRun) -> tuple[str, ...]:
    steps = task.message.options.get("steps")
    if not isinstance(steps, list) or not steps or not set(steps) <= set(ROLES):
        raise InvalidTask(f"The option 'steps' must list some of {', '.join(ROLES)}, not {steps!r}.")
    return tuple(step for step in ROLES if step in steps)


def _key(task: TaskRun, step: str) -> str:
    """Captions are composed from detections, so that the options of the detector are part of their key."""
    options = _detection(task)
    fingerprint = {} if step == "read_text" else options.fingerprint
    return task.key(step, _models(task, step), sample_fps=options.sample_fps, media=MEDIA_VERSION, **fingerprint)


def _detection(task: TaskRun) -> DetectionOptions:
    try:
        return DetectionOptions.model_validate(task.message.options.get("detection") or {})
    except ValidationError as error:
        raise InvalidTask(f"The option 'detection' is invalid: {error.errors()[0]['msg']}.") from error


def _models(task: TaskRun, step: str) -> list[ModelInfo]:
    """Captions depend on all models whose results they are composed from."""
    steps = (step, *FRAME_STEPS) if step == "describe_segments" else (step,)
    return [task.engines.model(ROLES[s]) for s in steps]


def _process_frames(
    task: TaskRun, plan: AnalysisPlan, chunk: Chunk, steps: Sequence[str], keys: dict[str, str]
) -> None:
    job = FrameJob(
        path=task.fetch_media(),
        within=chunk.span,
        shots=plan.shots,
        objects=task.engines.objects if "detect_objects" in keys else None,
        screen_text=task.engines.screen_text if "read_text" in keys else None,
        options=_detection(task),
        size=plan.frame_size,
        clock=plan.clock,
    )
    request = needed_by_chunk(task, plan, steps, job.options)
    results = results_from_samples(request, job, task.report) or process_chunk(job, task.report)
    for step, key in keys.items():
        task.store(key, results.objects if step == "detect_objects" else results.text)


def _describe(task: TaskRun, plan: AnalysisPlan, chunk: Chunk, keys: dict[str, str]) -> None:
    objects = task.load(keys["detect_objects"], DetectedObjects)
    text = task.load(keys["read_text"], ReadText)
    task.store(keys["describe_segments"], describe_segments(task.engines.captions, plan, chunk, objects, text))
