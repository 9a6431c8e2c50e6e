"""Chat sessions, turns, their logs and their budget in memory, for several threads at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from threading import RLock

from cinedex.access.domain.idempotency import IdempotencyRecord
from cinedex.chat.domain.session import ChatSession, Turn
from cinedex.chat.domain.turn_log import StoredEvent, TurnStep
from cinedex.kernel.errors import SessionNotFound, StaleRevision, TurnNotFound
from cinedex.usage.budget import BudgetLimits, SpentBudget, TokensUsed

from tests.support.memory.access import MemoryIdempotencyStore, MemoryUsageLedger


class MemoryChatStore:
    """`ChatStore` and `TurnLog`."""

    def __init__(self, idempotency: MemoryIdempotencyStore) -> None:
        self._lock = RLock()
        self._idempotency = idempotency
        self._sessions: dict[str, ChatSession] = {}
        self._turns: dict[str, Turn] = {}
        self._events: dict[str, dict[int, StoredEvent | None]] = {}
        self._steps: dict[str, list[TurnStep]] = {}

    def add_session(self, session: ChatSession, record: IdempotencyRecord | None, now: datetime) -> bool:
        with self._lock:
            if record is not None and self._idempotency.reserve(record, now):
                return False
            self._sessions[session.session_id] = session
            return True

    def get_session(self, account_id: str, session_id: str) -> ChatSession:
        session = self._sessions.get(session_id)
        if session is None or session.account_id != account_id:
            raise SessionNotFound
        return session

    def list_sessions(self, account_id: str, limit: int, before: str | None = None) -> Sequence[ChatSession]:
        mine = [s for s in self._sessions.values() if s.account_id == account_id]
        newest = sorted((s for s in mine if before is None or s.session_id < before), key=_session_id, reverse=True)
        return newest[:limit]

    def delete_session(self, session: ChatSession) -> None:
        with self._lock:
            if self.get_session(session.account_id, session.session_id).turn_count != session.turn_count:
                raise StaleRevision("A turn was started in this session by another request.")
            for turn in self._of(session.session_id):
                last = self.last_sequence(turn.turn_id)
                self._events[turn.turn_id] = {last: None}
                self._steps.pop(turn.turn_id, None)
                del self._turns[turn.turn_id]
            del self._sessions[session.session_id]

    def add_turn(
        self,
        session: ChatSession | None,
        turn: Turn,
        first: StoredEvent,
        record: IdempotencyRecord | None,
        now: datetime,
    ) -> None:
        with self._lock:
            if session is not None and not self._is_next(session):
                raise StaleRevision("The session was changed meanwhile.")
            if record is not None and self._idempotency.reserve(record, now):
                raise StaleRevision("The idempotency key is taken.")
            if session is not None:
                self._sessions[session.session_id] = session
            self._turns[turn.turn_id] = turn
            self._events[turn.turn_id] = {first.sequence: first}

    def _is_next(self, session: ChatSession) -> bool:
        before = self._sessions.get(session.session_id)
        return before is not None and before.turn_count == session.turn_count - 1

    def get_turn(self, session_id: str, turn_id: str) -> Turn:
        turn = self._turns.get(turn_id)
        if turn is None or turn.session_id != session_id:
            raise TurnNotFound
        return turn

    def list_turns(self, session_id: str, limit: int, after: str | None = None) -> Sequence[Turn]:
        return [t for t in self._of(session_id) if after is None or t.turn_id > after][:limit]

    def list_latest_turns(self, session_id: str, limit: int) -> Sequence[Turn]:
        return self._of(session_id)[-limit:] if limit > 0 else []

    def list_open_turns(self) -> Sequence[Turn]:
        return sorted((t for t in self._turns.values() if t.leased_until), key=lambda t: t.created_at)

    def lease(self, turn: Turn, now: datetime) -> bool:
        with self._lock:
            held = self._turns.get(turn.turn_id)
            if held is None or held.attempt != turn.attempt - 1 or not held.is_orphaned(now, turn.leased_until or now):
                return False
            self._turns[turn.turn_id] = turn
            return True

    def renew(self, turn: Turn, until: datetime) -> bool:
        with self._lock:
            held = self._turns.get(turn.turn_id)
            if held is None or held.attempt != turn.attempt or held.leased_until is None:
                return False
            self._turns[turn.turn_id] = held.model_copy(update={"leased_until": until})
            return True

    def append(self, event: StoredEvent, step: TurnStep | None = None, ended: Turn | None = None) -> bool:
        with self._lock:
            slots = self._events.setdefault(event.turn_id, {})
            if event.sequence in slots:
                return slots[event.sequence] == event
            if ended is not None and ended.turn_id not in self._turns:
                return False
            slots[event.sequence] = event
            if step is not None:
                self._steps.setdefault(event.turn_id, []).append(step)
            if ended is not None:
                self._turns[ended.turn_id] = ended
            return True

    def events(self, turn_id: str, after: int = 0) -> Sequence[StoredEvent]:
        with self._lock:
            slots = sorted(self._events.get(turn_id, {}).items())
        return [event for sequence, event in slots if sequence > after and event is not None]

    def last_sequence(self, turn_id: str) -> int:
        return max(self._events.get(turn_id, {}), default=0)

    def steps(self, turn_id: str) -> Sequence[TurnStep]:
        return list(self._steps.get(turn_id, ()))

    def _of(self, session_id: str) -> list[Turn]:
        return sorted((t for t in self._turns.values() if t.session_id == session_id), key=lambda t: t.turn_id)


class MemoryTurnBudget:
    """`TurnBudget`, in the counters of `MemoryUsageLedger`."""

    def __init__(self, usage: MemoryUsageLedger) -> None:
        self._lock = RLock()
        self._usage = usage
        self._settled: set[str] = set()

    def reserve(self, account_id: str, day: date, limits: BudgetLimits) -> SpentBudget | None:
        with self._lock:
            turns, tokens = (
                self._usage.turns.get((account_id, day), 0),
                self._usage.reserved_tokens.get((account_id, day), 0),
            )
            if turns >= limits.turns_max:
                return SpentBudget.TURNS
            if tokens + limits.tokens_reserved > limits.tokens_max:
                return SpentBudget.TOKENS
            self._count(account_id, day, 1, limits.tokens_reserved)
            return None

    def release(self, account_id: str, day: date, limits: BudgetLimits) -> None:
        with self._lock:
            self._count(account_id, day, -1, -limits.tokens_reserved)

    def settle(self, turn: Turn, day: date, used: TokensUsed) -> None:
        with self._lock:
            if turn.turn_id in self._settled:
                return
            self._settled.add(turn.turn_id)
            self._count(turn.account_id, day, 0, used.total - turn.tokens_reserved)
            self._usage.tokens.setdefault((turn.account_id, day), []).append(used)

    def _count(self, account_id: str, day: date, turns: int, tokens: int) -> None:
        key = (account_id, day)
        self._usage.turns[key] = self._usage.turns.get(key, 0) + turns
        self._usage.reserved_tokens[key] = self._usage.reserved_tokens.get(key, 0) + tokens


def _session_id(session: ChatSession) -> str:
    return session.session_id
