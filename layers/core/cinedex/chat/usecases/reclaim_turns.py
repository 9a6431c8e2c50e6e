"""Take over turns whose process has died, or was put to sleep: their lease has passed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from cinedex.chat.domain.session import Turn
from cinedex.chat.ports.chat_store import ChatStore
from cinedex.kernel.clock import Clock


@dataclass(frozen=True)
class ReclaimTurns:
    chats: ChatStore
    clock: Clock
    lease: timedelta

    def one(self, turn: Turn) -> Turn | None:
        """The turn as the next attempt, leased to the caller; None when it has ended or somebody works on it."""
        now = self.clock.now()
        if turn.status.is_final or not turn.is_orphaned(now):
            return None
        following = turn.taken_over(now, now + self.lease)
        return following if self.chats.lease(following, now) else None

    def all(self, turns_max: int) -> Sequence[Turn]:
        """At most `turns_max` of all accounts, oldest first."""
        taken: list[Turn] = []
        for turn in self.chats.list_open_turns():
            following = self.one(turn)
            if following is not None:
                taken.append(following)
            if len(taken) == turns_max:
                break
        return taken
