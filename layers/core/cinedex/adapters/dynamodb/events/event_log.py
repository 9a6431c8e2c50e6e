"""The log of events of an account, and the outbox whose events it receives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from cinedex.adapters.dynamodb.events import event_keys
from cinedex.adapters.dynamodb.events.outbox import OUTBOX, OutboxEvent
from cinedex.adapters.dynamodb.repository import DynamoDbRepository, Entity, Repository
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.events.event_log import RETENTION, LoggedEvent, PendingEvents
from cinedex.kernel.events import AnyEvent


class EventLogHead(BaseModel):
    """`last` is the sequence number of the newest event."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    account_id: str
    last: int = 0
    revision: int = 0


LOGGED_EVENT = Entity(LoggedEvent, event_keys.EVENT, expires=lambda logged: logged.expires_at)
HEAD = Entity(EventLogHead, event_keys.EVENT_LOG_HEAD, revision="revision")


class StoredEventLog:
    """`EventOutbox` and `EventLog`.

    The transaction that appends events also replaces the head and removes the events from the outbox. Therefore the
    numbers have no gap, a reader that has an event has all earlier ones, and each event is in the log once.
    """

    def __init__(
        self,
        outbox: Repository[OutboxEvent],
        log: Repository[LoggedEvent],
        heads: Repository[EventLogHead],
    ) -> None:
        self._outbox, self._log, self._heads = outbox, log, heads

    def pending(self, account_id: str, limit: int) -> PendingEvents:
        items = self._outbox.page(event_keys.outbox_of(account_id), limit, newest_first=False).items
        return PendingEvents(account_id, [item.event for item in items], items)

    def settle(self, pending: PendingEvents, now: datetime) -> bool:
        head = self._heads.find(event_keys.event_log_head(pending.account_id))
        last = 0 if head is None else head.last
        entries = [
            LoggedEvent(account_id=pending.account_id, sequence=n, event=event, expires_at=now + RETENTION)
            for n, event in enumerate(pending.events, last + 1)
        ]
        following = last + len(entries)
        moved = (
            self._heads.creation(EventLogHead(account_id=pending.account_id, last=following))
            if head is None
            else self._heads.replacement(head.model_copy(update={"last": following}))
        )
        appended = [self._log.creation(entry) for entry in entries]
        removed = [self._outbox.deletion(item) for item in pending.stored]
        return self._heads.write_together(moved, *appended, *removed)

    def waiting(self, limit: int) -> Sequence[AnyEvent]:
        return [item.event for item in self._outbox.list_unfinished(limit)]

    def after(self, account_id: str, sequence: int, limit: int) -> Sequence[LoggedEvent]:
        bounds = event_keys.event_position(sequence + 1), event_keys.event_position(event_keys.SEQUENCE_MAX)
        return self._log.page(event_keys.event_log_of(account_id), limit, newest_first=False, between=bounds).items

    def last_sequence(self, account_id: str) -> int:
        head = self._heads.find(event_keys.event_log_head(account_id))
        return 0 if head is None else head.last


def stored_event_log(table: DynamoDbTable) -> StoredEventLog:
    repositories = DynamoDbRepository(table, OUTBOX), DynamoDbRepository(table, LOGGED_EVENT)
    return StoredEventLog(*repositories, DynamoDbRepository(table, HEAD))
