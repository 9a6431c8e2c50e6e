"""Read the log of events of an account from a position on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.events.event_log import RETENTION, EventLog, LoggedEvent
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.events import AnyEvent

BATCH = 100
POSITION = "Last-Event-ID"
"""The field that errors name."""


@dataclass(frozen=True)
class EventFilter:
    """Each that is empty selects all."""

    event_types: frozenset[str] = frozenset()
    collection_id: str | None = None
    video_id: str | None = None

    def selects(self, event: AnyEvent) -> bool:
        return (
            (not self.event_types or event.event_type in self.event_types)
            and self.collection_id in (None, event.collection_id)
            and self.video_id in (None, event.video_id)
        )


@dataclass(frozen=True)
class EventBatch:
    """`position` is that of the last event that was read, also if the filter does not select it."""

    events: Sequence[LoggedEvent]
    position: int


@dataclass(frozen=True)
class ReadEvents:
    """What a read costs depends on the events that it returns, not on the size of the account."""

    log: EventLog
    clock: Clock

    def start(self, account_id: str, after: int | None) -> int:
        """The position after which to begin. None: with the next event; 0: with the oldest that is kept.

        Raises `InvalidInput` for a position beyond the log, and for one whose next event is no longer kept.
        """
        last = self.log.last_sequence(account_id)
        if after is None:
            return last
        if after > last:
            raise InvalidInput(f"The position is {after}, but the last event is {last}.", field=POSITION)
        if 0 < after < last and not self._has(account_id, after + 1):
            raise InvalidInput(
                f"The events after {after} are no longer kept: they expire after {RETENTION.days} days. "
                "Begin with after=0, the oldest that is kept.",
                field=POSITION,
            )
        return after

    def next(self, account_id: str, after: int, selected: EventFilter) -> EventBatch:
        read, now = self.log.after(account_id, after, BATCH), self.clock.now()
        events = [entry for entry in read if entry.expires_at > now and selected.selects(entry.event)]
        return EventBatch(events, read[-1].sequence if read else after)

    def last(self, account_id: str) -> int:
        return self.log.last_sequence(account_id)

    def _has(self, account_id: str, sequence: int) -> bool:
        first = next(iter(self.log.after(account_id, sequence - 1, 1)), None)
        return first is not None and first.sequence == sequence and first.expires_at > self.clock.now()
