"""The ports of the outbox and the log of events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.events import AnyEvent

RETENTION = timedelta(days=7)


class LoggedEvent(BaseModel):
    """`sequence` counts the events of an account without a gap, from 1."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    account_id: str
    sequence: int
    event: AnyEvent
    expires_at: datetime


@dataclass(frozen=True)
class PendingEvents:
    """Some events of an account that are not published yet; `stored` is what the store needs to remove them."""

    account_id: str
    events: Sequence[AnyEvent]
    stored: Sequence[Any]


class EventOutbox(Protocol):
    def pending(self, account_id: str, limit: int) -> PendingEvents:
        """Those of one video in order."""

    def settle(self, pending: PendingEvents, now: datetime) -> bool:
        """Move the events from the outbox to the end of the log. False if another process has moved one of them."""

    def waiting(self, limit: int) -> Sequence[AnyEvent]:
        """Of all accounts, oldest first; eventually consistent."""


class EventLog(Protocol):
    def after(self, account_id: str, sequence: int, limit: int) -> Sequence[LoggedEvent]:
        """In order; also those that have expired and are not deleted yet."""

    def last_sequence(self, account_id: str) -> int:
        """0 before the first event."""
