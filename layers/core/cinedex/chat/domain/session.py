"""Chat sessions and their turns: a question that is worked on, by one process after the other if need be."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from cinedex.answers.domain.agent import AgentAnswered, AgentScope, ToolRun
from cinedex.kernel.errors import StateConflict

TITLE_CHARS_MAX = 80
ATTEMPTS_MAX = 5
"""A turn that this many processes have died of is given up."""


class TurnStatus(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self in (TurnStatus.COMPLETED, TurnStatus.FAILED, TurnStatus.CANCELLED)


class ChatSession(BaseModel):
    """`turn_count` counts the turns ever asked; the next one gets it as its index."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    session_id: str
    account_id: str
    title: str | None = None
    created_at: datetime
    updated_at: datetime
    last_turn_at: datetime | None = None
    turn_count: int = Field(default=0, ge=0)

    def with_turn(self, message: str, now: datetime) -> ChatSession:
        """One turn more; a session without a title gets one from the message."""
        told = {"turn_count": self.turn_count + 1, "last_turn_at": now, "updated_at": now}
        return self.model_copy(update={**told, "title": self.title or title_of(message)})


class TurnScope(BaseModel):
    """What was asked for; an empty side asks for nothing in particular."""

    model_config = ConfigDict(frozen=True)

    index_ids: tuple[str, ...] = ()
    prompt_run_ids: tuple[str, ...] = ()


class EffectiveScope(BaseModel):
    """What the tools of a turn may see: these collections and runs, or with `everything` all of the account."""

    model_config = ConfigDict(frozen=True)

    index_ids: tuple[str, ...] = ()
    prompt_run_ids: tuple[str, ...] = ()
    everything: bool = False

    @property
    def for_agent(self) -> AgentScope:
        return AgentScope(collection_ids=None if self.everything else self.index_ids)


class TurnError(BaseModel):
    model_config = ConfigDict(frozen=True)

    code: str
    message: str
    details: dict[str, Any] = {}


class Turn(BaseModel):
    """A question and where the work on it stands.

    `attempt` counts the processes that have worked on it. The one at work holds a lease until `leased_until`
    and renews it; when it passes, the next one may take over.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    turn_id: str
    session_id: str
    account_id: str
    turn_index: int = Field(ge=0)
    status: TurnStatus = TurnStatus.PENDING
    message: str
    scope: TurnScope = TurnScope()
    effective_scope: EffectiveScope
    idempotency_key: str | None = None
    tokens_reserved: int = Field(default=0, ge=0)
    created_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    error: TurnError | None = None
    attempt: int = Field(default=0, ge=0)
    leased_until: datetime | None = None

    def begun(self, now: datetime, until: datetime) -> Turn:
        self._require(TurnStatus.PENDING)
        told = {"status": TurnStatus.RUNNING, "started_at": now, "attempt": 1, "leased_until": until}
        return self.model_copy(update=told)

    def taken_over(self, now: datetime, until: datetime) -> Turn:
        """Raises `StateConflict` while somebody works on it."""
        self._require(TurnStatus.RUNNING)
        if not self.is_orphaned(now):
            raise StateConflict("Another process works on this turn.")
        return self.model_copy(update={"attempt": self.attempt + 1, "leased_until": until})

    def completed(self, now: datetime) -> Turn:
        return self._ended(TurnStatus.COMPLETED, now, None)

    def failed(self, now: datetime, error: TurnError) -> Turn:
        return self._ended(TurnStatus.FAILED, now, error)

    def cancelled(self, now: datetime) -> Turn:
        return self._ended(TurnStatus.CANCELLED, now, TurnError(code="turn_cancelled", message="It was cancelled."))

    def is_orphaned(self, now: datetime) -> bool:
        return self.leased_until is not None and self.leased_until <= now

    def _ended(self, status: TurnStatus, now: datetime, error: TurnError | None) -> Turn:
        self._require(TurnStatus.RUNNING)
        told = {"status": status, "completed_at": now, "error": error, "leased_until": None}
        return self.model_copy(update=told)

    def _require(self, status: TurnStatus) -> None:
        if self.status is not status:
            raise StateConflict(f"This turn is {self.status.value}, not {status.value}.")


class TurnDetail(BaseModel):
    """A turn with what was done in it so far."""

    model_config = ConfigDict(frozen=True)

    turn: Turn
    runs: tuple[ToolRun, ...] = ()
    answer: AgentAnswered | None = None


def title_of(message: str) -> str:
    """The beginning of a message on one line, cut between words where that is possible."""
    line = " ".join(message.split())
    if len(line) <= TITLE_CHARS_MAX:
        return line
    cut = line[: TITLE_CHARS_MAX - 1]
    return f"{cut.rsplit(' ', 1)[0] if ' ' in cut else cut}…"
