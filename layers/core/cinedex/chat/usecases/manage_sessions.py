"""Create, read and delete chat sessions, and read their turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Generic, TypeVar

from cinedex.access.domain.idempotency import IdempotencyKey
from cinedex.access.usecases.run_idempotent import RunIdempotent
from cinedex.chat.domain.session import ChatSession, Turn, TurnDetail
from cinedex.chat.ports.chat_store import ChatStore, TurnLog
from cinedex.chat.usecases.cancel_turn import CancelTurn
from cinedex.chat.usecases.read_turn_events import turn_detail
from cinedex.chat.usecases.turn_idempotency import session_key
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import (
    InvalidInput,
    RequestInProgress,
    SessionNotFound,
    StaleRevision,
    TurnNotFound,
)
from cinedex.kernel.fingerprint import fingerprint
from cinedex.kernel.ids import new_id, parse_id, require_id
from cinedex.kernel.retry import CONFLICT, LastError

TITLE_INPUT_CHARS_MAX = 200
LATEST_TURNS_MAX = 50
PAGE_MAX = 100
T = TypeVar("T")
Admits = Callable[[TurnDetail], bool]


@dataclass(frozen=True)
class SessionPage(Generic[T]):
    """`next_cursor` is None on the last page."""

    items: Sequence[T]
    limit: int
    next_cursor: str | None


@dataclass(frozen=True)
class ManageSessions:
    chats: ChatStore
    log: TurnLog
    cancel: CancelTurn
    idempotency: RunIdempotent
    clock: Clock

    def create(self, account_id: str, title: str | None, idempotency_key: str | None) -> ChatSession:
        """The session that an earlier request with this key has created, or a new one.

        Raises `InvalidInput`, `KeyReused`, `RequestInProgress`.
        """
        title, now = _checked_title(title), self.clock.now()
        session = ChatSession(session_id=new_id(), account_id=account_id, title=title, created_at=now, updated_at=now)
        if idempotency_key is None:
            self.chats.add_session(session, None, now)
            return session
        return self._create_once(session, session_key(account_id, idempotency_key))

    def _create_once(self, session: ChatSession, key: IdempotencyKey) -> ChatSession:
        request_hash = fingerprint(session.title or "")
        earlier_id = self.idempotency.find(key, request_hash)
        if earlier_id is None:
            record = self.idempotency.record_for(key, request_hash, session.session_id)
            if self.chats.add_session(session, record, session.created_at):
                return session
            earlier_id = self.idempotency.find(key, request_hash)
        if earlier_id is None:
            raise RequestInProgress(
                "The first request with this idempotency key is in progress.", field="idempotency_key"
            )
        return self.chats.get_session(session.account_id, earlier_id)

    def get(self, account_id: str, session_id: str) -> ChatSession:
        """Raises `NotFound`."""
        return self.chats.get_session(account_id, require_id(session_id, SessionNotFound))

    def list(self, account_id: str, limit: int, cursor: str | None) -> SessionPage[ChatSession]:
        """Newest first. Raises `InvalidInput` for an invalid cursor."""
        before = None if cursor is None else parse_id(cursor, "cursor")
        sessions = self.chats.list_sessions(account_id, limit + 1, before)
        return _page(sessions, limit, lambda session: session.session_id)

    def delete(self, account_id: str, session_id: str) -> None:
        """Cancels its open turns first. Raises `NotFound`, and `StaleRevision` if new turns are added each time."""
        last = LastError()
        for _ in CONFLICT.attempts(f"delete chat session {session_id}", self.clock.sleep, last):
            session = self.get(account_id, session_id)
            for turn in self.chats.list_latest_turns(session.session_id, session.turn_count):
                if not turn.status.is_final:
                    self.cancel.end(turn)
            try:
                self.chats.delete_session(session)
            except StaleRevision as error:
                last.error = error
            else:
                return
        raise StaleRevision("New turns were added to the session while it was deleted. Try again.")

    def turns(
        self, account_id: str, session_id: str, limit: int, cursor: str | None, admits: Admits = lambda _: True
    ) -> SessionPage[TurnDetail]:
        """Oldest first. Ends before a turn that `admits` refuses; the logs of later ones are not read."""
        session = self.get(account_id, session_id)
        after = None if cursor is None else parse_id(cursor, "cursor")
        turns = self.chats.list_turns(session.session_id, limit + 1, after)
        shown = list(takewhile(admits, map(self.detail, turns[:limit])))
        return SessionPage(shown, limit, shown[-1].turn.turn_id if len(turns) > len(shown) and shown else None)

    def latest_turns(self, session: ChatSession, admits: Admits = lambda _: True) -> Sequence[TurnDetail]:
        """The newest ones, oldest first; none that is older than one that `admits` refuses."""
        turns = self.chats.list_latest_turns(session.session_id, LATEST_TURNS_MAX)
        return list(takewhile(admits, map(self.detail, reversed(turns))))[::-1]

    def turn(self, account_id: str, session_id: str, turn_id: str) -> Turn:
        """Raises `NotFound`."""
        session = self.get(account_id, session_id)
        return self.chats.get_turn(session.session_id, require_id(turn_id, TurnNotFound))

    def detail(self, turn: Turn) -> TurnDetail:
        return turn_detail(self.log, turn)


def _page(rows: Sequence[T], limit: int, cursor_of: Callable[[T], str]) -> SessionPage[T]:
    """`rows` has one more than `limit` if there is a next page."""
    items = rows[:limit]
    return SessionPage(items, limit, cursor_of(items[-1]) if len(rows) > limit else None)


def _checked_title(title: str | None) -> str | None:
    if title is None or not title.strip():
        return None
    if len(title) > TITLE_INPUT_CHARS_MAX:
        raise InvalidInput(f"A title has at most {TITLE_INPUT_CHARS_MAX} characters.", field="title")
    return title.strip()
