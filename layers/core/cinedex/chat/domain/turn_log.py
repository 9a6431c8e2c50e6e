"""The log of a turn: events in numbered slots, each written once, of which the last one ends the turn.

A slot is free until somebody writes it, and nobody writes a slot without having seen the one before. Two
processes that work on the same turn therefore meet at the same slot: one writes it, the other has lost.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from cinedex.answers.domain.agent import AgentAnswered, ToolRun


class TurnEventName(StrEnum):
    TURN_STARTED = "turn_started"
    TURN_RESUMED = "turn_resumed"
    AGENT_STATE = "agent_state"
    TOOL_CALL_STARTED = "tool_call_started"
    TOOL_CALL_RESULT = "tool_call_result"
    ANSWER_DELTA = "answer_delta"
    TURN_COMPLETED = "turn_completed"
    ERROR = "error"

    @property
    def is_terminal(self) -> bool:
        return self in (TurnEventName.TURN_COMPLETED, TurnEventName.ERROR)


class TurnEvent(BaseModel):
    """An event in the words of the API; `data` is JSON on one line, sent as it is to every reader."""

    model_config = ConfigDict(frozen=True)

    name: TurnEventName
    data: str


class StoredEvent(TurnEvent):
    """`sequence` counts from 1; `attempt` is that of the writer."""

    turn_id: str
    sequence: int = Field(ge=1)
    attempt: int = Field(ge=0)


class TurnStep(BaseModel):
    """What a later process needs to know: a tool run that is over, or the answer."""

    model_config = ConfigDict(frozen=True)

    run: ToolRun | None = None
    answer: AgentAnswered | None = None
