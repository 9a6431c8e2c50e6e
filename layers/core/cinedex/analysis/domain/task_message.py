"""The contract between the state machine, which sends tasks, and the workers, which return results."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal

from pydantic import AliasChoices, Field

from cinedex.analysis.domain.model_results import ModelResult
from cinedex.library.domain.object_keys import task_result_key
from cinedex.library.domain.segmenting import Chunk

SCHEMA_VERSION: Literal[1] = 1

TaskName = Literal["transcribe_speech", "detect_shots", "read_subtitles", "analyze_chunk", "embed_segments"]


class MediaReference(ModelResult):
    """An immutable version of a stored file; `etag` names the bytes."""

    bucket: str
    key: str
    etag: str


class TaskCost(ModelResult):
    """The estimate for the whole analysis: seconds of a worker for one second of video, and the length of the video."""

    per_s: float
    video_s: float

    def estimate_s(self, chunk: Chunk | None) -> float:
        return self.per_s * (self.video_s if chunk is None else chunk.span.length_s)


class TaskMessage(ModelResult):
    """One message on the task queue.

    `scope` is `shared` for results that any run may reuse, or a run's id when the caller forced a recomputation.
    `inputs` holds keys of stored results. Earlier versions call `chunk` `part` and send no `cost`; their messages are
    still read.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    task: TaskName
    task_token: str
    account_id: str
    video_id: str
    run_id: str
    scope: str = "shared"
    media: MediaReference
    chunk: Chunk | None = Field(default=None, validation_alias=AliasChoices("chunk", "part"))
    options: dict[str, Any] = Field(default_factory=dict)
    inputs: dict[str, str] = Field(default_factory=dict)
    cost: TaskCost | None = None


class TaskResult(ModelResult):
    """What a worker returns: keys of stored results, never the results themselves."""

    results: dict[str, str]
    models: tuple[str, ...] = ()
    elapsed_s: float = 0.0


def result_key(message: TaskMessage, step: str, fingerprint: dict[str, Any]) -> str:
    """Where the result of a step is stored. The same inputs give the same key, so that a retry finds it.

    `fingerprint` holds everything else that determines the result: model labels and options. The key spells a chunk
    `part`, so that results stored before the rename are found.
    """
    chunk = message.chunk
    identity = {
        "etag": message.media.etag,
        "part": None if chunk is None else chunk.model_dump(mode="json"),
        "inputs": message.inputs,
        **fingerprint,
    }
    canonical = json.dumps(identity, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode()).hexdigest()[:24]
    extent = "whole" if chunk is None else f"part-{chunk.index:04d}"
    return task_result_key(message.account_id, message.video_id, message.scope, step, f"{extent}-{digest}")
