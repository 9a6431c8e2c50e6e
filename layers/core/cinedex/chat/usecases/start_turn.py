"""Start a turn in a chat session: once for each idempotency key, within the budget, in a scope that exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from pydantic import BaseModel, ConfigDict

from cinedex.access.domain.idempotency import IdempotencyKey
from cinedex.access.usecases.run_idempotent import RunIdempotent
from cinedex.chat.domain.session import ChatSession, EffectiveScope, Turn, TurnScope
from cinedex.chat.domain.turn_log import TurnStarted
from cinedex.chat.ports.chat_store import ChatStore
from cinedex.chat.ports.turn_budget import TurnBudget
from cinedex.chat.ports.turn_executor import TurnExecutor
from cinedex.chat.usecases.turn_idempotency import turn_key
from cinedex.chat.usecases.turn_writer import stored
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import (
    BudgetExceeded,
    CinedexError,
    CollectionNotFound,
    InvalidInput,
    PromptRunNotFound,
    StaleRevision,
    TokenBudgetExceeded,
    TurnBudgetExceeded,
)
from cinedex.kernel.fingerprint import fingerprint
from cinedex.kernel.ids import new_id
from cinedex.kernel.retry import LastError, RetryPolicy
from cinedex.library.ports.repositories import CollectionRepository
from cinedex.usage.budget import BudgetLimits, SpentBudget, end_of

MESSAGE_CHARS_MAX = 8_000
IDS_MAX = 100
SESSION_CONFLICT = RetryPolicy(attempts_max=16, pause_s=0.01, pause_s_max=2.0)
"""For many turns that are started in one session at once; at most 16.6 s, within the 29 s of API Gateway."""
EXCEEDED: dict[SpentBudget, tuple[type[BudgetExceeded], str]] = {
    SpentBudget.TURNS: (TurnBudgetExceeded, "This account has used up its turns for today."),
    SpentBudget.TOKENS: (TokenBudgetExceeded, "This account has used up its tokens for today."),
}


class TurnRequest(BaseModel):
    model_config = ConfigDict(frozen=True)

    account_id: str
    session_id: str
    message: str
    scope: TurnScope = TurnScope()
    idempotency_key: str | None = None

    @property
    def fingerprint(self) -> str:
        """Of the message and the scope, in which the order of the ids has no meaning."""
        scope = (",".join(sorted(ids)) for ids in (self.scope.collection_ids, self.scope.prompt_run_ids))
        return fingerprint(self.message, *scope)

    @property
    def key(self) -> IdempotencyKey | None:
        if self.idempotency_key is None:
            return None
        return turn_key(self.account_id, self.session_id, self.idempotency_key)


class StartedTurn(BaseModel):
    """`is_new` is False for the turn that an earlier request with the same idempotency key has started."""

    model_config = ConfigDict(frozen=True)

    turn: Turn
    is_new: bool


@dataclass(frozen=True)
class StartTurn:
    chats: ChatStore
    collections: CollectionRepository
    idempotency: RunIdempotent
    budget: TurnBudget
    executor: TurnExecutor
    limits: BudgetLimits
    clock: Clock
    lease: timedelta

    def __call__(self, request: TurnRequest) -> StartedTurn:
        """A new turn, which runs in this process, or the one that an earlier request with this key has started.

        Raises `InvalidInput`, `NotFound` for the session or an id of the scope, `KeyReused`, `BudgetExceeded`, and
        `StaleRevision` when too many turns are started in one session at the same instant.
        """
        _require_message(request.message)
        session = self.chats.get_session(request.account_id, request.session_id)
        earlier = self.find(request)
        if earlier is not None:
            return StartedTurn(turn=earlier, is_new=False)
        effective = self._resolved(request.account_id, request.scope)
        reserved_at = self._reserve_budget(request.account_id)
        try:
            return self._add(session, request, effective, reserved_at)
        except CinedexError:
            self._release_budget(request.account_id, reserved_at)
            raise

    def find(self, request: TurnRequest) -> Turn | None:
        """The turn that an earlier request with this key has started. Raises `KeyReused`."""
        if request.key is None:
            return None
        turn_id = self.idempotency.find(request.key, request.fingerprint)
        return None if turn_id is None else self.chats.get_turn(request.session_id, turn_id)

    def _resolved(self, account_id: str, scope: TurnScope) -> EffectiveScope:
        """A scope that names nothing is the whole account. There are no prompt runs yet, so every id is unknown."""
        if len(scope.collection_ids) > IDS_MAX or len(scope.prompt_run_ids) > IDS_MAX:
            raise InvalidInput(f"A scope names at most {IDS_MAX} ids of a kind.", field="scope")
        if scope.prompt_run_ids:
            raise PromptRunNotFound(scope.prompt_run_ids[0], field="prompt_run_ids")
        if not scope.collection_ids:
            return EffectiveScope(all_collections=True)
        requested = tuple(dict.fromkeys(scope.collection_ids))
        existing = {c.collection_id for c in self.collections.get_many(account_id, requested)}
        unknown = [i for i in requested if i not in existing]
        if unknown:
            raise CollectionNotFound(unknown[0], field="collection_ids")
        return EffectiveScope(collection_ids=requested)

    def _reserve_budget(self, account_id: str) -> datetime:
        """The time of the reservation: what it reserves belongs to the budget of that day, also after midnight."""
        now = self.clock.now()
        spent = self.budget.reserve(account_id, now.date(), self.limits)
        if spent is not None:
            (kind, message), resets_at = EXCEEDED[spent], end_of(now.date())
            retry_after_s = max(1, ceil((resets_at - now).total_seconds()))
            raise kind(message, retry_after_s=retry_after_s, resets_at=resets_at)
        return now

    def _release_budget(self, account_id: str, reserved_at: datetime) -> None:
        self.budget.release(account_id, reserved_at.date(), self.limits)

    def _add(
        self, session: ChatSession, request: TurnRequest, effective: EffectiveScope, reserved_at: datetime
    ) -> StartedTurn:
        """Tries again when another request has added a turn to the session at the same instant."""
        last, operation = LastError(), f"add a turn to session {session.session_id}"
        for attempt in SESSION_CONFLICT.attempts(operation, self.clock.sleep, last):
            if attempt > 1:
                session = self.chats.get_session(request.account_id, request.session_id)
            turn = self._turn(session, request, effective, reserved_at)
            try:
                self._store(session, turn, request)
            except StaleRevision as error:
                last.error = error
                earlier = self.find(request)
                if earlier is not None:
                    self._release_budget(request.account_id, reserved_at)
                    return StartedTurn(turn=earlier, is_new=False)
            else:
                self.executor.start(turn)
                return StartedTurn(turn=turn, is_new=True)
        raise StaleRevision("Too many turns were started in this session at the same instant. Try again.")

    def _turn(
        self, session: ChatSession, request: TurnRequest, effective: EffectiveScope, reserved_at: datetime
    ) -> Turn:
        now = self.clock.now()
        return Turn(
            turn_id=new_id(),
            session_id=session.session_id,
            account_id=session.account_id,
            turn_index=session.turn_count,
            message=request.message,
            scope=request.scope,
            effective_scope=effective,
            idempotency_key=request.idempotency_key,
            tokens_reserved=self.limits.tokens_reserved,
            created_at=reserved_at,
        ).started(now, now + self.lease)

    def _store(self, session: ChatSession, turn: Turn, request: TurnRequest) -> None:
        key = request.key
        record = None if key is None else self.idempotency.record_for(key, request.fingerprint, turn.turn_id)
        first = stored(turn, 1, TurnStarted())
        counted = session.with_turn(turn.message, turn.created_at)
        self.chats.add_turn(counted, turn, first, record, self.clock.now())


def _require_message(message: str) -> None:
    if not message.strip() or len(message) > MESSAGE_CHARS_MAX:
        raise InvalidInput(f"A message has between 1 and {MESSAGE_CHARS_MAX} characters.", field="message")
