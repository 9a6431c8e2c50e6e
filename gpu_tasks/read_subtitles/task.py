"""Task `read_subtitles`: no options, result `EmbeddedSubtitles`. It needs no model."""

from __future__ import annotations

from pathlib import Path

from cinedex.adapters.pyav.closed_captions import caption_track, read_captions
from cinedex.adapters.pyav.subtitles import describe_subtitles, read_cues
from cinedex.analysis.domain.model_results import EmbeddedSubtitles
from cinedex.analysis.domain.task_message import TaskResult

from gpu_tasks.media import MEDIA_VERSION
from gpu_tasks.media.container import open_container
from gpu_tasks.media.duration import estimated_duration_s
from gpu_tasks.task_run import TaskRun

STEP = "read_subtitles"
VERSION = 3
"""Part of the keys of results. Increase it when the same file gives other cues."""


def run(task: TaskRun) -> TaskResult:
    key = task.key(STEP, [], media=MEDIA_VERSION, subtitles=VERSION)
    if not task.results.has(key):
        task.store(key, _read(task, task.fetch_media()))
    return TaskResult(results={STEP: key})


def _read(task: TaskRun, path: Path) -> EmbeddedSubtitles:
    estimated_s = estimated_duration_s(path)
    with open_container(path) as container:
        tracks = describe_subtitles(container)
        cues = read_cues(container, lambda at_s: task.report(min(at_s / estimated_s, 1.0) / 2))
    with open_container(path) as container:
        captions = read_captions(container, lambda at_s: task.report((1.0 + min(at_s / estimated_s, 1.0)) / 2))
    if captions is not None:
        cues[len(tracks)] = captions
        tracks = (*tracks, caption_track(len(tracks)))
    return EmbeddedSubtitles(tracks=tracks, cues=tuple(cues.get(number, ()) for number in range(len(tracks))))
