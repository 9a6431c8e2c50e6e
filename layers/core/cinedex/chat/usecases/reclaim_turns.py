"""Continue turns whose process has died or is suspended: their leases have expired.

This is the only place where a turn is reassigned; readers, waiting requests and the schedule all use it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from cinedex.chat.domain.session import Turn
from cinedex.chat.ports.chat_store import ChatStore
from cinedex.chat.ports.turn_executor import TurnExecutor
from cinedex.kernel.clock import Clock


@dataclass(frozen=True)
class ReclaimTurns:
    chats: ChatStore
    executor: TurnExecutor
    clock: Clock
    lease: timedelta

    def one(self, turn: Turn) -> Turn | None:
        """Starts the turn in this process as its next attempt. None if it has ended or its lease is valid."""
        now = self.clock.now()
        until = now + self.lease
        if turn.status.is_final or not turn.is_orphaned(now, until):
            return None
        reassigned = turn.reassigned(now, until)
        if not self.chats.lease(reassigned, now):
            return None
        self.executor.start(reassigned)
        return reassigned

    def all(self, turns_max: int) -> Sequence[Turn]:
        """At most `turns_max` of all accounts, oldest first."""
        started: list[Turn] = []
        for turn in self.chats.list_open_turns():
            reassigned = self.one(turn)
            if reassigned is not None:
                started.append(reassigned)
            if len(started) == turns_max:
                break
        return started
