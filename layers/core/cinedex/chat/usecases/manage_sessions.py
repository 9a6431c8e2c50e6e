"""Make, read and remove chat sessions, and read their turns."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from cinedex.chat.domain.session import ChatSession, Turn, TurnDetail
from cinedex.chat.ports.chat_store import ChatStore, TurnLog
from cinedex.chat.usecases.cancel_turn import CancelTurn
from cinedex.chat.usecases.turn_idempotency import claim_of
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import InvalidInput, KeyReused, NotFound, StaleRevision, StateConflict
from cinedex.kernel.ids import new_id, parse_id

TITLE_CHARS_MAX = 200
TURNS_SHOWN_MAX = 50
PAGE_MAX = 100
DELETE_TRIES_MAX = 5
T = TypeVar("T")


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
    clock: Clock

    def create(self, account_id: str, title: str | None, idempotency_key: str | None) -> ChatSession:
        """With a key that has made a session before, that one. Raises `InvalidInput`, `KeyReused`."""
        named, now = _require_title(title), self.clock.now()
        session = ChatSession(session_id=new_id(), account_id=account_id, title=named, created_at=now, updated_at=now)
        key = None if idempotency_key is None else f"{account_id}##{idempotency_key}"
        fingerprint = hashlib.sha256((named or "").encode()).hexdigest()
        claim = claim_of(key, fingerprint, session.session_id, self.clock)
        if self.chats.add_session(session, claim, now):
            return session
        return self._made_before(account_id, key or "", fingerprint)

    def _made_before(self, account_id: str, key: str, fingerprint: str) -> ChatSession:
        claim = self.chats.find_claim(key, self.clock.now())
        if claim is None:
            raise StateConflict("Another request with this idempotency key is in progress.", field="idempotency_key")
        if claim.fingerprint != fingerprint:
            raise KeyReused("This idempotency key was used for another request.", field="idempotency_key")
        return self.chats.get_session(account_id, claim.made_id)

    def get(self, account_id: str, session_id: str) -> ChatSession:
        """Raises `NotFound`."""
        return self.chats.get_session(account_id, known(session_id, "session_id"))

    def list(self, account_id: str, limit: int, cursor: str | None) -> SessionPage[ChatSession]:
        """Newest first. Raises `InvalidInput` for what is no cursor."""
        before = None if cursor is None else parse_id(cursor, "cursor")
        found = self.chats.list_sessions(account_id, limit + 1, before)
        return _page(found, limit, lambda session: session.session_id)

    def delete(self, account_id: str, session_id: str) -> None:
        """Whatever is being worked on in it is cancelled first. Raises `NotFound`, and `StaleRevision` when turns
        are asked faster than they can be deleted.
        """
        for _ in range(DELETE_TRIES_MAX):
            session = self.get(account_id, session_id)
            for turn in self.chats.list_latest_turns(session.session_id, session.turn_count):
                self.cancel.end(turn)
            with suppress(StaleRevision):
                self.chats.delete_session(session)
                return
        raise StaleRevision("Turns are asked in this session faster than it can be deleted.")

    def turns(self, account_id: str, session_id: str, limit: int, cursor: str | None) -> SessionPage[TurnDetail]:
        """Oldest first."""
        session = self.get(account_id, session_id)
        after = None if cursor is None else parse_id(cursor, "cursor")
        page = _page(self.chats.list_turns(session.session_id, limit + 1, after), limit, lambda t: t.turn_id)
        return SessionPage([self.story(turn) for turn in page.items], limit, page.next_cursor)

    def latest_turns(self, session: ChatSession) -> Sequence[TurnDetail]:
        """The youngest, oldest first."""
        return [self.story(t) for t in self.chats.list_latest_turns(session.session_id, TURNS_SHOWN_MAX)]

    def turn(self, account_id: str, session_id: str, turn_id: str) -> Turn:
        """Raises `NotFound`."""
        session = self.get(account_id, session_id)
        return self.chats.get_turn(session.session_id, known(turn_id, "turn_id"))

    def story(self, turn: Turn) -> TurnDetail:
        steps = self.log.steps(turn.turn_id)
        answers = [step.answer for step in steps if step.answer is not None]
        runs = tuple(step.run for step in steps if step.run is not None)
        return TurnDetail(turn=turn, runs=runs, answer=answers[-1] if answers else None)


def known(given: str, field: str) -> str:
    """The canonical spelling of an id; what is no id of ours is nothing that exists."""
    try:
        return parse_id(given, field)
    except InvalidInput:
        what = field.removesuffix("_id").replace("_", " ")
        raise NotFound(f"No such {what}.", field=field) from None


def _page(found: Sequence[T], limit: int, name: Callable[[T], str]) -> SessionPage[T]:
    items = found[:limit]
    return SessionPage(items, limit, name(items[-1]) if len(found) > limit else None)


def _require_title(title: str | None) -> str | None:
    if title is None or not title.strip():
        return None
    if len(title) > TITLE_CHARS_MAX:
        raise InvalidInput(f"A title has at most {TITLE_CHARS_MAX} characters.", field="title")
    return title.strip()
