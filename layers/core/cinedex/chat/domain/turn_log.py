"""The log of a turn: domain events in numbered slots, each written once, of which the last one ends the turn.

A slot is free until a process writes it, and a process writes a slot only after it has read the one before. Two
processes that work on the same turn therefore compete for the same slot: one writes it, the other has lost the turn.
Each API renders these events in its own format when it sends them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cinedex.answers.domain.agent import AgentAnswered, AgentTask, StateChanged, ToolFinished, ToolRun, ToolStarted
from cinedex.chat.domain.session import TurnDetail, TurnStatus


class TurnStarted(BaseModel):
    """`task` is the conversation and scope of a standalone turn; for others, the session and the turn have them."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["turn_started"] = "turn_started"
    task: AgentTask | None = None


class TurnReassigned(BaseModel):
    """Another process continues the turn as `attempt`; the answer restarts at its first character."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["turn_reassigned"] = "turn_reassigned"
    attempt: int = Field(ge=2)


class AnswerAppended(BaseModel):
    """`offset` counts the characters of the answer before `text`."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["answer_appended"] = "answer_appended"
    text: str
    offset: int = Field(ge=0)


class TurnEnded(BaseModel):
    """The ended turn and its answer are stored in the same write as this event."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["turn_ended"] = "turn_ended"
    status: TurnStatus


class RenderedEvent(BaseModel):
    """An event of schema version 1, which stored what was sent to clients: a name, and JSON on one line."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["rendered"] = "rendered"
    name: str
    data: str


TurnEvent = Annotated[
    TurnStarted
    | StateChanged
    | ToolStarted
    | ToolFinished
    | AnswerAppended
    | TurnReassigned
    | TurnEnded
    | RenderedEvent,
    Field(discriminator="kind"),
]


class StoredEvent(BaseModel):
    """`sequence` counts from 1; `attempt` is that of the writer. The store removes it after `expires_at`."""

    model_config = ConfigDict(frozen=True)

    schema_version: Literal[2] = 2
    turn_id: str
    sequence: int = Field(ge=1)
    attempt: int = Field(ge=0)
    event: TurnEvent
    expires_at: datetime | None = None

    @model_validator(mode="before")
    @classmethod
    def _upgrade(cls, stored: Any) -> Any:
        if not isinstance(stored, dict) or "name" not in stored:
            return stored
        rest = {name: value for name, value in stored.items() if name not in ("name", "data")}
        return {**rest, "event": {"kind": "rendered", "name": stored["name"], "data": stored["data"]}}

    @property
    def ends_turn(self) -> bool:
        if isinstance(self.event, RenderedEvent):
            return self.event.name in ("turn_completed", "error")
        return isinstance(self.event, TurnEnded)


class TurnUpdate(BaseModel):
    """An event as a reader gets it; `detail` is the whole turn, with the event that ends it."""

    model_config = ConfigDict(frozen=True)

    stored: StoredEvent
    detail: TurnDetail | None = None


class TurnStep(BaseModel):
    """What a later process needs: a tool run that has ended, or the answer."""

    model_config = ConfigDict(frozen=True)

    run: ToolRun | None = None
    answer: AgentAnswered | None = None
