"""Turns in the format of the VideoVector API, the same in lists, responses and events."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from cinedex.answers.domain.agent import AgentAnswered, AgentCitation, ResultSet, ToolRun
from cinedex.answers.domain.answer import Degradation
from cinedex.api.videovector.scopes import EffectiveScopeResponse, ScopeResponse
from cinedex.api.videovector.search_results import ResultMoment, segment_id_of
from cinedex.api.videovector.turn_errors import TurnErrorResponse
from cinedex.chat.domain.session import Turn, TurnDetail, TurnStatus


class UserMessage(BaseModel):
    message_id: str
    role: Literal["user"] = "user"
    content: str
    created_at: datetime

    @classmethod
    def of(cls, turn: Turn) -> UserMessage:
        return cls(message_id=f"{turn.turn_id}_user", content=turn.message, created_at=turn.created_at)


class TurnCitation(BaseModel):
    """`result_id` is in the result set; times are in seconds from the start of the video."""

    result_set_id: str
    result_id: str
    video_id: str
    segment_id: str | None
    run_id: str | None = None
    start_time: float
    end_time: float
    video_name: str = Field(description="Extension.")
    quote: str = Field(description="Extension: the text of the evidence.")
    source: str = Field(description="Extension: speech, caption, screen_text, objects or about.")

    @classmethod
    def of(cls, citation: AgentCitation) -> TurnCitation:
        evidence = citation.evidence
        return cls(
            result_set_id=citation.result_set_id,
            result_id=evidence.result_id,
            video_id=evidence.video_id,
            segment_id=segment_id_of(evidence),
            start_time=evidence.span.start_s,
            end_time=evidence.span.end_s,
            video_name=evidence.video_name,
            quote=evidence.text,
            source=evidence.source.value,
        )


class AssistantMessage(BaseModel):
    """In `content`, `[1]` refers to the first of `citations`."""

    message_id: str
    role: Literal["assistant"] = "assistant"
    content: str
    created_at: datetime
    citations: list[TurnCitation]
    confident: bool = Field(
        description="Extension: false if no evidence answers, or if sentences were dropped because their citations do "
        "not bear them out."
    )
    degraded: bool = Field(description="Extension: true if the answer is less than it could be.")
    degraded_by: list[Degradation] = Field(
        description="Extension: sentences of the language model were dropped; the search store, or the text model, was "
        "not available."
    )

    @classmethod
    def of(cls, turn: Turn, answer: AgentAnswered) -> AssistantMessage:
        return cls(
            message_id=f"{turn.turn_id}_assistant",
            content=answer.text,
            created_at=turn.completed_at or turn.created_at,
            citations=[TurnCitation.of(c) for c in answer.citations],
            confident=answer.confident,
            degraded=bool(answer.degraded_by),
            degraded_by=list(answer.degraded_by),
        )


class ToolTrace(BaseModel):
    tool_call_id: str
    tool_name: str
    arguments: dict[str, Any]
    status: str
    started_at: datetime
    completed_at: datetime
    duration_ms: int
    result_summary: str
    result_set_id: str | None = None
    error: str | None = None

    @classmethod
    def of(cls, run: ToolRun) -> ToolTrace:
        return cls(
            tool_call_id=run.call.tool_call_id,
            tool_name=run.call.tool_name,
            arguments=run.call.arguments,
            status=run.status.value,
            started_at=run.started_at,
            completed_at=run.completed_at,
            duration_ms=run.duration_ms,
            result_summary=run.result_summary,
            result_set_id=run.result_set.result_set_id if run.result_set else None,
            error=run.error,
        )


class ResultSetResponse(BaseModel):
    result_set_id: str
    tool_call_id: str
    kind: str
    query: str
    total: int
    truncated: bool
    results: list[ResultMoment]

    @classmethod
    def of(cls, result_set: ResultSet) -> ResultSetResponse:
        fields = result_set.model_dump(exclude={"results", "degraded"})
        return cls(**fields, results=[ResultMoment.of(e) for e in result_set.results])


class TurnStats(BaseModel):
    """Tokens are counted when the answer is complete."""

    tool_calls: int
    model: str | None
    input_tokens: int
    output_tokens: int
    total_tokens: int
    latency_ms: int | None

    @classmethod
    def of(cls, detail: TurnDetail) -> TurnStats:
        turn, stats = detail.turn, detail.answer.stats if detail.answer else None
        ended = turn.completed_at
        read, written = (stats.input_tokens, stats.output_tokens) if stats else (0, 0)
        return cls(
            tool_calls=len(detail.runs),
            model=stats.model if stats else None,
            input_tokens=read,
            output_tokens=written,
            total_tokens=read + written,
            latency_ms=None if ended is None else round((ended - turn.created_at).total_seconds() * 1000),
        )


class TurnResponse(BaseModel):
    """`effective_scope.everything` is true if the request named nothing, so that the whole account is in scope."""

    turn_id: str
    session_id: str
    turn_index: int
    status: TurnStatus
    user_message: UserMessage
    assistant_message: AssistantMessage | None
    scope: ScopeResponse
    effective_scope: EffectiveScopeResponse
    tool_trace: list[ToolTrace]
    result_sets: list[ResultSetResponse]
    stats: TurnStats
    error: TurnErrorResponse | None
    idempotency_key: str | None
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None

    @classmethod
    def of(cls, detail: TurnDetail) -> TurnResponse:
        turn = detail.turn
        return cls(
            turn_id=turn.turn_id,
            session_id=turn.session_id,
            turn_index=turn.turn_index,
            status=turn.status,
            user_message=UserMessage.of(turn),
            assistant_message=AssistantMessage.of(turn, detail.answer) if detail.answer else None,
            scope=ScopeResponse.of(turn.scope),
            effective_scope=EffectiveScopeResponse.of(turn.effective_scope),
            tool_trace=[ToolTrace.of(run) for run in detail.runs],
            result_sets=[ResultSetResponse.of(run.result_set) for run in detail.runs if run.result_set],
            stats=TurnStats.of(detail),
            error=TurnErrorResponse.of(turn.error) if turn.error else None,
            idempotency_key=turn.idempotency_key,
            created_at=turn.created_at,
            started_at=turn.started_at,
            completed_at=turn.completed_at,
        )
