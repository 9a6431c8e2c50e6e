"""What the states of the analysis state machine send to their functions, and what the functions return.

Events of earlier versions are still read: they call chunks `parts` and nest the ids in `order`.
"""

from __future__ import annotations

from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator

from cinedex.analysis.domain.run import Priority
from cinedex.analysis.domain.task_message import MediaReference, TaskCost
from cinedex.library.domain.segmenting import Chunk


class _StatePayload(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class RunEvent(_StatePayload):
    """Input of the execution, and all that BeginAnalysis, BuildDocuments and FinishAnalysis need."""

    account_id: str
    video_id: str
    run_id: str


class AnalysisJob(RunEvent):
    """Result of BeginAnalysis. Travels through the whole execution, so it holds references and switches only.

    At most `chunks_at_once` chunks of the run are in the queue or at a worker.
    """

    scope: str
    media: MediaReference
    priority: Priority
    cost: TaskCost
    chunks_at_once: int
    transcribe: bool
    read_subtitles: bool = False
    analyze_chunks: bool
    embed: bool
    options: dict[str, dict[str, Any]]
    plan_key: str = ""
    chunks: tuple[Chunk, ...] = ()


class TaskFailure(_StatePayload):
    """Of Step Functions."""

    error: str
    cause: str = ""


class PlanInputs(_StatePayload):
    """Keys of the results that the plan is made from, by task, or how a task has failed.

    `read_subtitles` is empty for a file without subtitles. Speech or shots may be missing, and not both.
    """

    transcribe_speech: str = ""
    detect_shots: str = ""
    read_subtitles: str = ""
    transcribe_speech_failure: TaskFailure | None = None
    detect_shots_failure: TaskFailure | None = None
    read_subtitles_failure: TaskFailure | None = None


class PlanChunksEvent(RunEvent):
    keys: PlanInputs


class PlannedChunks(_StatePayload):
    """Result of PlanChunks."""

    plan_key: str
    chunks: tuple[Chunk, ...]


class ChunkResult(_StatePayload):
    """Output of AnalyzeChunk: keys of results by step, or the error of a chunk that failed."""

    chunk: int = Field(validation_alias=AliasChoices("chunk", "part"))
    results: dict[str, str] = Field(default_factory=dict)
    error: str | None = None
    cause: str | None = None


class MergeChunksEvent(RunEvent):
    plan_key: str
    chunks: tuple[ChunkResult, ...] = Field(validation_alias=AliasChoices("chunks", "parts"))


class StoredDocuments(_StatePayload):
    """Result of BuildDocuments."""

    documents_key: str
    count: int


class PublishDocumentsEvent(RunEvent):
    documents_key: str
    embeddings_key: str


class FailAnalysisEvent(RunEvent):
    """`error` and `cause` are those of Step Functions; either may be missing."""

    error: str | None = None
    cause: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _flatten_order(cls, payload: Any) -> Any:
        """Earlier versions of the state machine send the ids as `order`."""
        order = payload.get("order") if isinstance(payload, dict) else None
        return payload | order if isinstance(order, dict) else payload
