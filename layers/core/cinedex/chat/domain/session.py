"""Chat sessions and their turns: a question and its answer, worked on by one process after another if need be."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from cinedex.answers.domain.agent import AgentAnswered, AgentScope, ToolRun
from cinedex.kernel.clock import CLOCK_DIFFERENCE_MAX
from cinedex.kernel.errors import StateConflict

TITLE_CHARS_MAX = 80
ATTEMPTS_MAX = 5
"""A turn fails when this many processes have died while they worked on it."""


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
    """`turn_count` counts all turns since the session was created; it is the index of the next one."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    session_id: str
    account_id: str
    title: str | None = None
    created_at: datetime
    updated_at: datetime
    last_turn_at: datetime | None = None
    turn_count: int = Field(default=0, ge=0)

    def with_turn(self, message: str, now: datetime) -> ChatSession:
        """The session with one more turn; its title is made from the message if it has none."""
        title = self.title or title_of(message)
        changes = {"turn_count": self.turn_count + 1, "last_turn_at": now, "updated_at": now, "title": title}
        return self.model_copy(update=changes)


STORED_BEFORE = AliasChoices("collection_ids", "index_ids")
"""Turns stored by version 0.1 have collections under the name that the VideoVector API gives them."""


class TurnScope(BaseModel):
    """What the request names; an empty tuple is no restriction."""

    model_config = ConfigDict(frozen=True)

    collection_ids: tuple[str, ...] = Field(default=(), validation_alias=STORED_BEFORE)
    prompt_run_ids: tuple[str, ...] = ()


class EffectiveScope(BaseModel):
    """What the tools of a turn may read: these collections and runs, or with `all_collections` the whole account."""

    model_config = ConfigDict(frozen=True)

    collection_ids: tuple[str, ...] = Field(default=(), validation_alias=STORED_BEFORE)
    prompt_run_ids: tuple[str, ...] = ()
    all_collections: bool = Field(default=False, validation_alias=AliasChoices("all_collections", "everything"))

    @property
    def for_agent(self) -> AgentScope:
        return AgentScope(collection_ids=None if self.all_collections else self.collection_ids)


class TurnErrorCode(StrEnum):
    CANCELLED = "cancelled"
    FAILED = "failed"
    INTERNAL = "internal"
    INTERRUPTED = "interrupted"
    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"

    @classmethod
    def _missing_(cls, value: object) -> TurnErrorCode | None:
        """Turns stored by version 0.1 have the codes of the VideoVector API."""
        stored_before = {
            "turn_cancelled": cls.CANCELLED,
            "turn_failed": cls.FAILED,
            "internal_error": cls.INTERNAL,
            "turn_interrupted": cls.INTERRUPTED,
            "resource_not_found": cls.NOT_FOUND,
            "rate_limit_exceeded": cls.RATE_LIMITED,
            "service_unavailable": cls.UNAVAILABLE,
        }
        return stored_before.get(str(value))


class TurnError(BaseModel):
    model_config = ConfigDict(frozen=True)

    code: TurnErrorCode
    message: str
    details: dict[str, Any] = {}


class Turn(BaseModel):
    """A question and the state of the work on it.

    `attempt` counts the processes that have worked on it. The current one holds a lease until `leased_until` and
    renews it; after that time, the turn may be reassigned. A standalone turn belongs to no session: its `session_id`
    is its own id, its conversation is in the first event of its log, and the store removes it after `expires_at`.
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
    expires_at: datetime | None = None

    @property
    def is_standalone(self) -> bool:
        return self.session_id == self.turn_id

    def started(self, now: datetime, until: datetime) -> Turn:
        self._require(TurnStatus.PENDING)
        changes = {"status": TurnStatus.RUNNING, "started_at": now, "attempt": 1, "leased_until": until}
        return self.model_copy(update=changes)

    def reassigned(self, now: datetime, until: datetime) -> Turn:
        """The next attempt. Raises `StateConflict` while the lease of the current one is valid."""
        self._require(TurnStatus.RUNNING)
        if not self.is_orphaned(now, until):
            raise StateConflict("Another process works on this turn.")
        return self.model_copy(update={"attempt": self.attempt + 1, "leased_until": until})

    def completed(self, now: datetime) -> Turn:
        return self._ended(TurnStatus.COMPLETED, now, None)

    def failed(self, now: datetime, error: TurnError) -> Turn:
        return self._ended(TurnStatus.FAILED, now, error)

    def cancelled(self, now: datetime) -> Turn:
        return self._ended(
            TurnStatus.CANCELLED, now, TurnError(code=TurnErrorCode.CANCELLED, message="It was cancelled.")
        )

    def is_orphaned(self, now: datetime, until: datetime) -> bool:
        """`until` is when a lease that begins now ends. One that ends later was given by a clock that was wrong."""
        if self.leased_until is None:
            return False
        return self.leased_until <= now or self.leased_until > until + CLOCK_DIFFERENCE_MAX

    def _ended(self, status: TurnStatus, now: datetime, error: TurnError | None) -> Turn:
        self._require(TurnStatus.RUNNING)
        changes = {"status": status, "completed_at": now, "error": error, "leased_until": None}
        return self.model_copy(update=changes)

    def _require(self, status: TurnStatus) -> None:
        if self.status is not status:
            raise StateConflict(f"This turn is {self.status.value}, not {status.value}.")


class TurnDetail(BaseModel):
    """A turn with the tool runs and the answer so far."""

    model_config = ConfigDict(frozen=True)

    turn: Turn
    runs: tuple[ToolRun, ...] = ()
    answer: AgentAnswered | None = None


def title_of(message: str) -> str:
    """The beginning of a message on one line, cut between words if possible."""
    line = " ".join(message.split())
    if len(line) <= TITLE_CHARS_MAX:
        return line
    cut = line[: TITLE_CHARS_MAX - 1]
    return f"{cut.rsplit(' ', 1)[0] if ' ' in cut else cut}…"
