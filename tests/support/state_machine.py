"""Executions of the analysis state machine in which chosen attempts of a task fail, without a stack.

One process of the emulator's Python runs all of them: see `state_machine_script`.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from local.emulator.launch import PYTHON
from tests.support.template import REPOSITORY, analyze_video

IDS = {"account_id": "a", "video_id": "v", "run_id": "r"}
CHUNKS = [
    {"index": n, "span": {"start_s": n, "end_s": n + 1}, "first_segment": n, "segment_count": 1} for n in range(3)
]
TASKS = ("transcribe_speech", "detect_shots", "read_subtitles", "analyze_chunk", "embed_segments")
JOB: dict[str, Any] = {
    **IDS,
    "scope": "shared",
    "media": {"bucket": "media", "key": "uploads/a/v/clip.mp4", "etag": "1"},
    "priority": "live",
    "cost": {"per_s": 0.5, "video_s": 3.0},
    "chunks_at_once": 2,
    "transcribe": True,
    "read_subtitles": True,
    "analyze_chunks": True,
    "embed": True,
    "options": {task: {"of": task} for task in TASKS},
}
RESULTS: dict[str, Any] = {
    "BeginAnalysis": {"Payload": JOB | {"plan_key": "", "chunks": []}},
    "PlanChunks": {"Payload": {"plan_key": "plan.json", "chunks": CHUNKS}},
    "MergeChunks": {"Payload": None},
    "BuildDocuments": {"Payload": {"documents_key": "documents.json", "count": 3}},
    "PublishDocuments": {"Payload": None},
    "FinishAnalysis": {"Payload": None},
    "FailAnalysis": {"Payload": None},
    **{task: {"results": {task: f"{task}.json"}} for task in TASKS},
}
"""What each function and task answers when it does not fail."""

Errors = Mapping[str, Sequence[str]]
"""Function or task -> the error of each of its first attempts; an attempt with an empty error succeeds."""


class Ended(BaseModel):
    """`attempts` has a name for each call, and `sent` the last payload of each.

    `queues` has the queue and the message group of each task.
    """

    model_config = ConfigDict(frozen=True)

    status: str
    error: str | None
    attempts: tuple[str, ...]
    sent: dict[str, Any]
    queues: dict[str, tuple[str, str]]


def run_executions(cases: Sequence[Errors], job: Mapping[str, Any] | None = None) -> list[Ended]:
    """`job` replaces fields of the result of BeginAnalysis. The id of a run is the number of its case."""
    begun = {"Payload": {**RESULTS["BeginAnalysis"]["Payload"], **(job or {})}}
    request = {
        "definition": _definition(),
        "input": IDS,
        "results": {**RESULTS, "BeginAnalysis": begun},
        "cases": cases,
    }
    script = REPOSITORY / "tests/support/state_machine_script.py"
    done = subprocess.run([PYTHON, script], input=json.dumps(request), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [Ended.model_validate(ended) for ended in json.loads(done.stdout)]


def _definition() -> Any:
    """Functions are called by the names of their states."""
    return json.loads(re.sub(r"\$\{(\w+?)(?:FunctionArn)?\}", r"\1", json.dumps(analyze_video())))
