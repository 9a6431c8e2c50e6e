"""How an agent answers: a task, tools that are run for it, and an answer that cites what they found.

A turn is a row of events. Whoever carries it out yields them in order; whoever stores them can give a turn
that was cut off to another process, which goes on behind the last `ToolFinished`.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from cinedex.answers.domain.answer import Message
from cinedex.kernel.span import Span
from cinedex.timeline.modality import Modality


class AgentPhase(StrEnum):
    PLANNING = "planning"
    RETRIEVING = "retrieving"
    SYNTHESIZING = "synthesizing"


class AgentScope(BaseModel):
    """What the tools may see, resolved and never wider than the account: None leaves a side open.

    `windows` holds the part of a video where it is not the whole.
    """

    model_config = ConfigDict(frozen=True)

    collection_ids: tuple[str, ...] | None = None
    video_ids: tuple[str, ...] | None = None
    windows: dict[str, Span] = {}


class Place(BaseModel):
    """A stretch of a video that the asker points at."""

    model_config = ConfigDict(frozen=True)

    video_id: str
    span: Span


class AgentTask(BaseModel):
    """The last message of `conversation` is the question. `places` lie in the scope: there, frames are worth a look."""

    model_config = ConfigDict(frozen=True)

    account_id: str
    conversation: tuple[Message, ...]
    scope: AgentScope = AgentScope()
    places: tuple[Place, ...] = ()


class Evidence(BaseModel):
    """Something that was retrieved and may be cited; `result_id` is unique within a turn."""

    model_config = ConfigDict(frozen=True)

    result_id: str
    video_id: str
    video_name: str
    span: Span
    text: str
    source: Modality
    segment_index: int | None = None
    score: float | None = None


class ResultSet(BaseModel):
    """What one tool call found; `total` counts what there was, of which `results` may be a part."""

    model_config = ConfigDict(frozen=True)

    result_set_id: str
    tool_call_id: str
    kind: str
    query: str = ""
    total: int = Field(ge=0)
    truncated: bool = False
    results: tuple[Evidence, ...] = ()


class ToolStatus(StrEnum):
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class ToolCall(BaseModel):
    """`step` counts the rounds of a turn from 0: calls of one step are made at the same time."""

    model_config = ConfigDict(frozen=True)

    tool_call_id: str
    tool_name: str
    arguments: dict[str, Any] = {}
    step: int = Field(default=0, ge=0)


class ToolRun(BaseModel):
    """A call that is over; `content` is what the language model is told of it."""

    model_config = ConfigDict(frozen=True)

    call: ToolCall
    status: ToolStatus
    started_at: datetime
    completed_at: datetime
    result_summary: str
    content: str = ""
    result_set: ResultSet | None = None
    error: str | None = None

    @property
    def duration_ms(self) -> int:
        return round((self.completed_at - self.started_at).total_seconds() * 1000)


class AgentCitation(BaseModel):
    """Evidence that a claim of the answer stands on, and the tool call that found it."""

    model_config = ConfigDict(frozen=True)

    result_set_id: str
    evidence: Evidence


class AgentStats(BaseModel):
    model_config = ConfigDict(frozen=True)

    model: str
    tool_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


class StateChanged(BaseModel):
    model_config = ConfigDict(frozen=True)

    kind: Literal["state_changed"] = "state_changed"
    phase: AgentPhase
    message: str = ""
    step: int = 0


class ToolStarted(BaseModel):
    model_config = ConfigDict(frozen=True)

    kind: Literal["tool_started"] = "tool_started"
    call: ToolCall


class ToolFinished(BaseModel):
    model_config = ConfigDict(frozen=True)

    kind: Literal["tool_finished"] = "tool_finished"
    run: ToolRun


class AnswerDelta(BaseModel):
    """A piece of the answer; all of them in order are its text, citation marks included."""

    model_config = ConfigDict(frozen=True)

    text: str


class TokensSpent(BaseModel):
    """What the turn has cost so far, told after each reply of a language model: a turn that fails has cost it too."""

    model_config = ConfigDict(frozen=True)

    stats: AgentStats


class AgentAnswered(BaseModel):
    """The end of a turn. `confident` is False when nothing found answers; then there are no citations.

    In `text`, `[1]` points at the first of `citations`.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    citations: tuple[AgentCitation, ...]
    confident: bool
    stats: AgentStats


AgentEvent = StateChanged | ToolStarted | ToolFinished | AnswerDelta | TokensSpent | AgentAnswered
