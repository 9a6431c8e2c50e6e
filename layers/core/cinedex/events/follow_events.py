"""Bounds how many clients follow the events at once, in an account and in the deployment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import TooManyRequests

CONNECTION_S_MAX = 270
"""Below the timeout of the function; the client continues with its last position."""
LEASE = timedelta(seconds=CONNECTION_S_MAX + 30)
RETRY_AFTER_S = 10
DEPLOYMENT = "event-streams"


class ConnectionSlots(Protocol):
    """A bounded number of slots of an owner. A slot is free again when it is released or its lease has expired."""

    def take(self, owner: str, count: int, now: datetime, until: datetime) -> int | None: ...

    def release(self, owner: str, slot: int, until: datetime) -> None: ...


@dataclass(frozen=True)
class FollowEvents:
    slots: ConnectionSlots
    clock: Clock
    per_account: int
    per_deployment: int

    def open(self, account_id: str) -> Callable[[], None]:
        """Returns what ends the connection. Raises `TooManyRequests` if all connections are taken."""
        now = self.clock.now()
        until = now + LEASE
        taken: list[tuple[str, int]] = []

        def close() -> None:
            for owner, slot in taken:
                self.slots.release(owner, slot, until)

        for owner, count in ((f"{DEPLOYMENT}-{account_id}", self.per_account), (DEPLOYMENT, self.per_deployment)):
            slot = self.slots.take(owner, count, now, until)
            if slot is None:
                close()
                raise TooManyRequests(
                    f"{count} clients follow events already, which is the limit.", retry_after_s=RETRY_AFTER_S
                )
            taken.append((owner, slot))
        return close
