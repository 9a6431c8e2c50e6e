"""Which samples a task needs, and the keys under which they are stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cinedex.analysis.domain.analysis_plan import AnalysisPlan
from pydantic import BaseModel, ConfigDict, ValidationError

from gpu_tasks.analyze_chunk.detection_options import DetectionOptions
from gpu_tasks.engines.catalog import Role
from gpu_tasks.media import MEDIA_VERSION
from gpu_tasks.task_errors import InvalidTask
from gpu_tasks.task_run import TaskRun

STEP = "sampled_frames"
ROLES: dict[str, Role] = {"detect_objects": "objects", "read_text": "screen_text"}


class SampleOptions(BaseModel):
    """The option `sample_frames` of the task `detect_shots`; boxes are in pixels of `frame_size`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    steps: tuple[str, ...]
    detection: DetectionOptions = DetectionOptions()
    frame_size: tuple[int, int] | None = None


@dataclass(frozen=True)
class SampleRequest:
    """`task` is that of the whole video, so that all tasks of a video compute the same keys."""

    task: TaskRun
    options: SampleOptions

    @property
    def key(self) -> str:
        return self._key()

    def slice_key(self, number: int) -> str:
        return self._key(slice=number)

    def _key(self, **fields: int) -> str:
        options = self.options
        return self.task.key(
            STEP,
            [self.task.engines.model(ROLES[step]) for step in options.steps],
            media=MEDIA_VERSION,
            sample_fps=options.detection.sample_fps,
            frame_size=options.frame_size,
            **options.detection.fingerprint,
            **fields,
        )


def requested_by_shots(task: TaskRun) -> SampleRequest | None:
    """What the task `detect_shots` has to sample besides; None without the option. Raises `InvalidTask`."""
    given = task.message.options.get("sample_frames")
    if given is None:
        return None
    try:
        options = SampleOptions.model_validate(given)
    except ValidationError as error:
        raise InvalidTask(f"The option 'sample_frames' is invalid: {error.errors()[0]['msg']}.") from error
    if not options.steps or not set(options.steps) <= set(ROLES):
        raise InvalidTask(f"The option 'sample_frames' must list steps of {', '.join(ROLES)}.")
    return SampleRequest(task, options)


def needed_by_chunk(
    task: TaskRun, plan: AnalysisPlan, steps: Sequence[str], detection: DetectionOptions
) -> SampleRequest:
    options = SampleOptions(steps=tuple(steps), detection=detection, frame_size=plan.frame_size)
    whole = task.message.model_copy(update={"chunk": None, "inputs": {}})
    return SampleRequest(replace(task, message=whole), options)
