"""Stores chat sessions, their turns, and the logs of turns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from cinedex.access.domain.idempotency import IdempotencyRecord
from cinedex.chat.domain.session import ChatSession, Turn
from cinedex.chat.domain.turn_log import StoredEvent, TurnStep


class ChatStore(Protocol):
    """Sessions and turns."""

    def add_session(self, session: ChatSession, record: IdempotencyRecord | None, now: datetime) -> bool:
        """Stores both or neither; False when the key of `record` is taken."""

    def get_session(self, account_id: str, session_id: str) -> ChatSession:
        """Raises `NotFound`, also for a session of another account."""

    def list_sessions(self, account_id: str, limit: int, before: str | None = None) -> Sequence[ChatSession]:
        """Newest first, at most `limit`, all older than the session `before`."""

    def delete_session(self, session: ChatSession) -> None:
        """Deletes it with all of its turns, which have ended.

        The last slot of each log stays taken for a day, so that a late process cannot write on. Raises
        `StaleRevision` when a turn was added meanwhile.
        """

    def add_turn(
        self,
        session: ChatSession | None,
        turn: Turn,
        first: StoredEvent,
        record: IdempotencyRecord | None,
        now: datetime,
    ) -> None:
        """Stores the turn, its first event, its idempotency record and `session`, which counts it: all or none.

        `session` is None for a standalone turn. Raises `StaleRevision` when the session was changed or deleted
        meanwhile, or the key of `record` is taken.
        """

    def get_turn(self, session_id: str, turn_id: str) -> Turn:
        """Raises `NotFound`."""

    def list_turns(self, session_id: str, limit: int, after: str | None = None) -> Sequence[Turn]:
        """Oldest first, at most `limit`, all newer than the turn `after`."""

    def list_latest_turns(self, session_id: str, limit: int) -> Sequence[Turn]:
        """The newest ones, oldest first."""

    def list_open_turns(self) -> Sequence[Turn]:
        """Of all accounts, oldest first. One that was added a moment ago may be missing."""

    def lease(self, turn: Turn, now: datetime) -> bool:
        """Leases it as attempt `turn.attempt`. False when the lease is valid, or another process was first.

        A lease is not valid after its end, nor if it ends more than `CLOCK_DIFFERENCE_MAX` after `turn.leased_until`.
        """

    def renew(self, turn: Turn, until: datetime) -> bool:
        """False when the turn has ended, or another attempt works on it."""


class TurnLog(Protocol):
    """Events of turns; a read returns everything that was written before it."""

    def append(self, event: StoredEvent, step: TurnStep | None = None, ended: Turn | None = None) -> bool:
        """Stores the event, its step for later processes, and the turn that it ends: all or none.

        False when the slot is taken.
        """

    def events(self, turn_id: str, after: int = 0) -> Sequence[StoredEvent]:
        """In order, those with a sequence above `after`."""

    def last_sequence(self, turn_id: str) -> int:
        """0 for an empty log."""

    def steps(self, turn_id: str) -> Sequence[TurnStep]:
        """In order."""
