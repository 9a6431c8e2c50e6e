"""The work of an agent: a task, tool calls, and an answer that cites their results.

A turn is a sequence of events. They are stored in order, so that another process can continue an interrupted turn after
its last `ToolFinished`. Field names are part of the stored format.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from cinedex.answers.domain.answer import Degradation, Message
from cinedex.kernel.span import Span, VideoSpan
from cinedex.timeline.modality import Modality


class AgentPhase(StrEnum):
    PLANNING = "planning"
    RETRIEVING = "retrieving"
    SYNTHESIZING = "synthesizing"


class AgentScope(BaseModel):
    """What the tools can access within the account: None is no restriction.

    `windows` has the part of a video where it is not the whole.
    """

    model_config = ConfigDict(frozen=True)

    collection_ids: tuple[str, ...] | None = None
    video_ids: tuple[str, ...] | None = None
    windows: dict[str, Span] = {}


class AgentTask(BaseModel):
    """The last message of `conversation` is the question. `ranges` are the spans it refers to, within the scope."""

    model_config = ConfigDict(frozen=True)

    account_id: str
    conversation: tuple[Message, ...]
    scope: AgentScope = AgentScope()
    ranges: tuple[VideoSpan, ...] = ()


class Evidence(BaseModel):
    """A retrieved result that can be cited; `result_id` is unique within a turn."""

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
    """The results of one tool call; `total` counts all of them, of which `results` may be a part.

    `degraded` when the search store or the text model was not available.
    """

    model_config = ConfigDict(frozen=True)

    result_set_id: str
    tool_call_id: str
    kind: str
    query: str = ""
    total: int = Field(ge=0)
    truncated: bool = False
    degraded: bool = False
    results: tuple[Evidence, ...] = ()


class ToolStatus(StrEnum):
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class ToolCall(BaseModel):
    """`step` counts the rounds of a turn from 0; calls of one step run concurrently."""

    model_config = ConfigDict(frozen=True)

    tool_call_id: str
    tool_name: str
    arguments: dict[str, Any] = {}
    step: int = Field(default=0, ge=0)


class ToolRun(BaseModel):
    """A finished call; `content` is the text that the language model receives."""

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
    """Evidence for a claim of the answer, and the result set that it is from."""

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
    """A piece of the answer; concatenated in order, they are its text with citation marks."""

    model_config = ConfigDict(frozen=True)

    text: str


class TokensSpent(BaseModel):
    """The tokens of the turn so far, reported after each model reply so that failed turns are counted as well."""

    model_config = ConfigDict(frozen=True)

    stats: AgentStats


class AgentAnswered(BaseModel):
    """The end of a turn. `confident` is False when no evidence answers the question; then there are no citations.

    It is also False when sentences of the language model were dropped because their citations do not bear them out. In
    `text`, `[1]` points at the first of `citations`.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    citations: tuple[AgentCitation, ...]
    confident: bool
    stats: AgentStats
    degraded_by: tuple[Degradation, ...] = ()


AgentEvent = StateChanged | ToolStarted | ToolFinished | AnswerDelta | TokensSpent | AgentAnswered
