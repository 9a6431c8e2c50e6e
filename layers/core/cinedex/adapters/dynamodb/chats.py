"""Chat sessions and their turns. The logs of the turns are in `turn_log`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from cinedex.access.domain.idempotency import IdempotencyRecord
from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.idempotency import reservation_request
from cinedex.adapters.dynamodb.repository import DynamoDbRepository, Entity
from cinedex.adapters.dynamodb.table import ConditionFailed, DynamoDbTable
from cinedex.adapters.dynamodb.turn_log import DynamoDbTurnLog, milliseconds, turn_from, turn_item
from cinedex.chat.domain.session import ChatSession, Turn
from cinedex.chat.domain.turn_log import StoredEvent
from cinedex.kernel.clock import CLOCK_DIFFERENCE_MAX
from cinedex.kernel.errors import SessionNotFound, StaleRevision, TurnNotFound
from cinedex.kernel.retry import LastError, RetryPolicy

SESSION = Entity(ChatSession, keys.SESSION, SessionNotFound, revision="turn_count")
LEASE = RetryPolicy(attempts_max=4, pause_s=0.005, pause_s_max=0.02)
"""Brief, because a lost lease looks like a conflict, and the caller must learn of it soon."""
TOMBSTONE_STORED_FOR = timedelta(days=1)


class DynamoDbChatStore:
    """`ChatStore`."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table
        self._log = DynamoDbTurnLog(table)
        self._sessions = DynamoDbRepository(table, SESSION)

    def add_session(self, session: ChatSession, record: IdempotencyRecord | None, now: datetime) -> bool:
        return self._sessions.write_together(self._sessions.creation(session), *self._reservation(record, now))

    def get_session(self, account_id: str, session_id: str) -> ChatSession:
        return self._sessions.get(keys.session(account_id, session_id))

    def list_sessions(self, account_id: str, limit: int, before: str | None = None) -> Sequence[ChatSession]:
        return list(self._sessions.page(keys.account(account_id), limit, before).items)

    def delete_session(self, session: ChatSession) -> None:
        """Deletes the session last, so that an interrupted deletion can be repeated."""
        until = datetime.now(UTC) + TOMBSTONE_STORED_FOR
        partition, prefix = keys.turns_of(session.session_id), keys.TURN.sort_prefix
        for item in self._table.query(partition, begins=prefix, keys_only=True, consistent=True):
            self._log.erase(str(item["sk"]).removeprefix(prefix), until)
            self._table.delete(partition, str(item["sk"]))
        key = SESSION.key(session)
        try:
            self._table.delete_if(*key, "turn_count = :counted", {":counted": session.turn_count})
        except ConditionFailed:
            self._sessions.get(key)
            raise StaleRevision("A turn was started in this session by another request.") from None

    def add_turn(
        self,
        session: ChatSession | None,
        turn: Turn,
        first: StoredEvent,
        record: IdempotencyRecord | None,
        now: datetime,
    ) -> None:
        writes = [
            *self._count_request(session),
            self._table.put_request(turn_item(turn)),
            *self._log.append_requests(first, None),
            *self._reservation(record, now),
        ]
        if not self._sessions.write_together(*writes):
            raise StaleRevision("The session was changed by another request, or the idempotency key is taken.")

    def get_turn(self, session_id: str, turn_id: str) -> Turn:
        item = self._table.get(*keys.turn(session_id, turn_id))
        if item is None:
            raise TurnNotFound
        return turn_from(item)

    def list_turns(self, session_id: str, limit: int, after: str | None = None) -> Sequence[Turn]:
        first, last = keys.turn(session_id, after or ""), keys.turn(session_id, keys.LAST_ID)
        items = self._table.query(first.pk, between=(first.sk, last.sk), page_size=limit + 1, consistent=True)
        return list(islice((turn for turn in map(turn_from, items) if turn.turn_id != after), limit))

    def list_latest_turns(self, session_id: str, limit: int) -> Sequence[Turn]:
        if limit < 1:
            return []
        partition, prefix = keys.turns_of(session_id), keys.TURN.sort_prefix
        items = self._table.query(partition, begins=prefix, newest_first=True, page_size=limit, consistent=True)
        return list(map(turn_from, islice(items, limit)))[::-1]

    def list_open_turns(self) -> Sequence[Turn]:
        return [turn_from(item) for item in self._table.query_work(keys.TURN_WORK)]

    def lease(self, turn: Turn, now: datetime) -> bool:
        values: dict[str, str | int] = {
            ":before": turn.attempt - 1,
            ":mine": turn.attempt,
            ":until": milliseconds(turn.leased_until),
            ":now": milliseconds(now),
            ":latest": milliseconds((turn.leased_until or now) + CLOCK_DIFFERENCE_MAX),
        }
        expired = "attempt = :before AND (leased_until <= :now OR leased_until > :latest)"
        return self._change(turn, "SET attempt = :mine, leased_until = :until", expired, values)

    def renew(self, turn: Turn, until: datetime) -> bool:
        values: dict[str, str | int] = {":mine": turn.attempt, ":until": milliseconds(until)}
        held = "attempt = :mine AND attribute_exists(leased_until)"
        return self._change(turn, "SET leased_until = :until", held, values)

    def _change(self, turn: Turn, expression: str, condition: str, values: dict[str, str | int]) -> bool:
        """Tries again while the turn exists, because a concurrent transaction on the item makes an update fail, too."""
        key, last = keys.turn(turn.session_id, turn.turn_id), LastError()
        for _ in LEASE.attempts(f"update turn {turn.turn_id}", self._table.sleep, last):
            try:
                self._table.change(*key, expression, condition, values)
            except ConditionFailed as error:
                last.error = error
            else:
                return True
            if self._table.get(*key) is None:
                return False
        return False

    def _count_request(self, session: ChatSession | None) -> list[dict[str, Any]]:
        """`session` counts the new turn already, and a replacement counts up from what is stored."""
        if session is None:
            return []
        return [self._sessions.replacement(session.model_copy(update={"turn_count": session.turn_count - 1}))]

    def _reservation(self, record: IdempotencyRecord | None, now: datetime) -> list[dict[str, Any]]:
        return [] if record is None else [reservation_request(self._table, record, now)]
