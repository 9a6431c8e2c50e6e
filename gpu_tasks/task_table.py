"""Maps the task names of the message contract to their functions."""

from __future__ import annotations

from collections.abc import Callable

from cinedex.analysis.domain.task_message import TaskName, TaskResult

from gpu_tasks.analyze_chunk import task as analyze_chunk
from gpu_tasks.detect_shots import task as detect_shots
from gpu_tasks.embed_segments import task as embed_segments
from gpu_tasks.read_subtitles import task as read_subtitles
from gpu_tasks.task_run import TaskRun
from gpu_tasks.transcribe_speech import task as transcribe_speech

TASKS: dict[TaskName, Callable[[TaskRun], TaskResult]] = {
    "transcribe_speech": transcribe_speech.run,
    "detect_shots": detect_shots.run,
    "read_subtitles": read_subtitles.run,
    "analyze_chunk": analyze_chunk.run,
    "embed_segments": embed_segments.run,
}
