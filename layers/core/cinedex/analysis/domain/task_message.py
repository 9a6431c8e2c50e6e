"""The contract between the state machine, which asks, and a worker, which answers."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal

from pydantic import Field

from cinedex.analysis.domain.model_results import Finding
from cinedex.library.domain.segmenting import Chunk

SCHEMA_VERSION: Literal[1] = 1

TaskName = Literal["transcribe_speech", "detect_shots", "analyze_chunk", "embed_segments"]


class MediaReference(Finding):
    """An immutable version of a stored file; `etag` names the bytes."""

    bucket: str
    key: str
    etag: str


class TaskMessage(Finding):
    """One piece of work on the queue.

    `scope` is `shared` for results that any run may reuse, or a run's id when the caller forced a
    recomputation. `inputs` holds keys of stored results.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    task: TaskName
    task_token: str
    account_id: str
    video_id: str
    run_id: str
    scope: str = "shared"
    media: MediaReference
    part: Chunk | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    inputs: dict[str, str] = Field(default_factory=dict)


class TaskResult(Finding):
    """What a worker answers: references only, never the findings themselves."""

    results: dict[str, str]
    models: tuple[str, ...] = ()
    elapsed_s: float = 0.0


def result_key(message: TaskMessage, step: str, fingerprint: dict[str, Any]) -> str:
    """Where a step's result is stored: the same inputs lead to the same key, so a retry finds it.

    `fingerprint` holds all else that decides the result: model labels, options that matter.
    """
    part = message.part
    identity = {
        "etag": message.media.etag,
        "part": None if part is None else part.model_dump(mode="json"),
        "inputs": message.inputs,
        **fingerprint,
    }
    canonical = json.dumps(identity, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode()).hexdigest()[:24]
    place = "whole" if part is None else f"part-{part.index:04d}"
    return f"results/{message.account_id}/{message.video_id}/{message.scope}/{step}/{place}-{digest}.json"
