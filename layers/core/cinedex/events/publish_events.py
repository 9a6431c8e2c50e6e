"""Publish the events of the outbox: to every publisher first, then to the log that clients follow."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from cinedex.events.event_log import EventOutbox, PendingEvents
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import Unavailable
from cinedex.kernel.events import EventPublisher
from cinedex.kernel.log_fields import log_fields
from cinedex.kernel.retry import CONFLICT

BATCH = 25
"""Each event is two items of a transaction, which has at most 100."""
OVERDUE_MAX = 1_000
OVERDUE_AFTER = timedelta(seconds=30)
"""The stream of the table has reported an event by then."""
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PublishEvents:
    """At least once: a process that ends before the log has the events leaves them to the next one.

    Two processes that publish the same account send the same events, with the same ids; only one of them moves them.
    """

    outbox: EventOutbox
    publishers: Sequence[EventPublisher]
    clock: Clock

    def of_account(self, account_id: str) -> int:
        """The number of events that this process has moved to the log. Raises `Unavailable` if a publisher has."""
        published = 0
        while (pending := self.outbox.pending(account_id, BATCH)).events:
            self._publish(pending)
            published += self._settle(pending)
        return published

    def overdue(self) -> int:
        """Of all accounts: what was left behind, for instance by a publisher that was not available."""
        latest = self.clock.now() - OVERDUE_AFTER
        waiting = [event for event in self.outbox.waiting(OVERDUE_MAX) if event.occurred_at <= latest]
        return self.of_accounts(list(dict.fromkeys(event.account_id for event in waiting)))

    def of_accounts(self, account_ids: Sequence[str]) -> int:
        """An account whose events cannot be published now does not hold up the others."""
        return sum(map(self._attempted, account_ids))

    def _attempted(self, account_id: str) -> int:
        try:
            return self.of_account(account_id)
        except Unavailable as error:
            logger.error("events wait for a publisher", extra=log_fields(error) | {"account_id": account_id})
            return 0

    def _publish(self, pending: PendingEvents) -> None:
        """To each publisher, also after one has failed."""
        failures = []
        for publisher in self.publishers:
            try:
                publisher.publish(pending.events)
            except Unavailable as error:
                failures.append(error)
        if failures:
            raise failures[0]

    def _settle(self, pending: PendingEvents) -> int:
        """0 if another process was faster."""
        for _ in CONFLICT.attempts(f"log the events of account {pending.account_id}", self.clock.sleep):
            if self.outbox.settle(pending, self.clock.now()):
                return len(pending.events)
            left = {event.event_id for event in self.outbox.pending(pending.account_id, BATCH).events}
            if any(event.event_id not in left for event in pending.events):
                return 0
        raise Unavailable("The log of events was changed by other processes in every attempt. Try again.")
