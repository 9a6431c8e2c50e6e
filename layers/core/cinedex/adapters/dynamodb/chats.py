"""Chat sessions and turns in the one table.

Turns and their logs are in `dynamodb_turn_log`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from cinedex.access.domain.idempotency import IdempotencyRecord
from cinedex.adapters.dynamodb.idempotency import reservation_request
from cinedex.adapters.dynamodb.items import Item
from cinedex.adapters.dynamodb.table import ConditionFailed, DynamoDbTable
from cinedex.adapters.dynamodb.turn_log import TURN_WORK, DynamoDbTurnLog, stamp_of, turn_item, turn_key, turn_of
from cinedex.chat.domain.session import ChatSession, Turn
from cinedex.chat.domain.turn_log import StoredEvent
from cinedex.kernel.errors import SessionNotFound, StaleRevision, TurnNotFound
from cinedex.kernel.retry import CONFLICT

LOWEST, HIGHEST = "T#", "T#~"  # ids sort between them
TOMBSTONE_FOR = timedelta(days=1)


class DynamoDbChats:
    """`ChatStore`."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table
        self._log = DynamoDbTurnLog(table)

    def add_session(self, session: ChatSession, record: IdempotencyRecord | None, now: datetime) -> bool:
        puts = [self._table.put_request(_session_item(session), "attribute_not_exists(pk)")]
        try:
            self._table.write_together([*puts, *self._reserving(record, now)])
        except ConditionFailed:
            return False
        return True

    def get_session(self, account_id: str, session_id: str) -> ChatSession:
        item = self._table.get(f"A#{account_id}", f"CHAT#{session_id}")
        if item is None:
            raise SessionNotFound
        return _session(item)

    def list_sessions(self, account_id: str, limit: int, before: str | None = None) -> Sequence[ChatSession]:
        between = ("CHAT#", f"CHAT#{before or '~'}")
        found = self._table.query(
            f"A#{account_id}", between=between, newest_first=True, page_size=limit + 1, consistent=True
        )
        return list(islice((s for s in map(_session, found) if s.session_id != before), limit))

    def delete_session(self, session: ChatSession) -> None:
        """The session goes last: a deletion that was cut short can be asked for again."""
        until = datetime.now(UTC) + TOMBSTONE_FOR
        pk = f"CHAT#{session.session_id}"
        for item in self._table.query(pk, begins="T#", keys_only=True, consistent=True):
            self._log.erase(str(item["sk"]).removeprefix("T#"), until)
            self._table.delete(pk, str(item["sk"]))
        try:
            self._table.delete_if(*_session_key(session), "turn_count = :counted", {":counted": session.turn_count})
        except ConditionFailed:
            self.get_session(session.account_id, session.session_id)  # raises NotFound if that is why
            raise StaleRevision("A turn was asked in this session meanwhile.") from None

    def add_turn(
        self,
        session: ChatSession | None,
        turn: Turn,
        first: StoredEvent,
        record: IdempotencyRecord | None,
        now: datetime,
    ) -> None:
        puts = [self._table.put_request(turn_item(turn)), *self._log.appending(first, None)]
        try:
            self._table.write_together([*self._counting(session), *puts, *self._reserving(record, now)])
        except ConditionFailed:
            raise StaleRevision("The session was changed meanwhile, or the idempotency key is taken.") from None

    def get_turn(self, session_id: str, turn_id: str) -> Turn:
        item = self._table.get(f"CHAT#{session_id}", f"T#{turn_id}")
        if item is None:
            raise TurnNotFound
        return turn_of(item)

    def list_turns(self, session_id: str, limit: int, after: str | None = None) -> Sequence[Turn]:
        between = (f"T#{after}" if after else LOWEST, HIGHEST)
        found = self._table.query(f"CHAT#{session_id}", between=between, page_size=limit + 1, consistent=True)
        return list(islice((t for t in map(turn_of, found) if t.turn_id != after), limit))

    def list_latest_turns(self, session_id: str, limit: int) -> Sequence[Turn]:
        if limit < 1:
            return []
        found = self._table.query(
            f"CHAT#{session_id}", begins="T#", newest_first=True, page_size=limit, consistent=True
        )
        return list(map(turn_of, islice(found, limit)))[::-1]

    def list_open_turns(self) -> Sequence[Turn]:
        return [turn_of(i) for i in self._table.query_work(TURN_WORK)]

    def lease(self, turn: Turn, now: datetime) -> bool:
        values: dict[str, str | int] = {
            ":before": turn.attempt - 1,
            ":mine": turn.attempt,
            ":until": stamp_of(turn.leased_until),
            ":now": stamp_of(now),
        }
        held = "attempt = :before AND leased_until <= :now"
        return self._changed(turn, "SET attempt = :mine, leased_until = :until", held, values)

    def renew(self, turn: Turn, until: datetime) -> bool:
        values: dict[str, str | int] = {":mine": turn.attempt, ":until": stamp_of(until)}
        held = "attempt = :mine AND attribute_exists(leased_until)"
        return self._changed(turn, "SET leased_until = :until", held, values)

    def _changed(self, turn: Turn, expression: str, condition: str, values: dict[str, str | int]) -> bool:
        """A transaction on the same item at the same instant fails it too, for no reason that lasts."""
        for _ in CONFLICT.attempts(self._table.sleep):
            try:
                self._table.change(*turn_key(turn), expression, condition, values)
            except ConditionFailed:
                continue
            return True
        return False

    def _counting(self, session: ChatSession | None) -> list[dict[str, Any]]:
        if session is None:
            return []
        before = {":before": session.turn_count - 1}
        return [self._table.put_request(_session_item(session), "turn_count = :before", before)]

    def _reserving(self, record: IdempotencyRecord | None, now: datetime) -> list[dict[str, Any]]:
        return [] if record is None else [reservation_request(self._table, record, now)]


def _session_key(session: ChatSession) -> tuple[str, str]:
    return f"A#{session.account_id}", f"CHAT#{session.session_id}"


def _session_item(session: ChatSession) -> Item:
    pk, sk = _session_key(session)
    return {"pk": pk, "sk": sk, "body": session.model_dump_json(), "turn_count": session.turn_count}


def _session(item: Item) -> ChatSession:
    return ChatSession.model_validate_json(str(item["body"]))
