"""Cancel a turn: its log ends here, and whoever works on it finds its next slot taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cinedex.chat.domain.session import Turn, TurnDetail
from cinedex.chat.ports.chat_store import ChatStore, TurnLog
from cinedex.chat.ports.turn_budget import TurnBudget
from cinedex.chat.ports.turn_event_serializer import TurnEventSerializer
from cinedex.chat.usecases.turn_writer import TurnLost, TurnWriter
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import StaleRevision
from cinedex.usage.budget import TokensUsed

TRIES_MAX = 50


@dataclass(frozen=True)
class CancelTurn:
    chats: ChatStore
    log: TurnLog
    teller: TurnEventSerializer
    budget: TurnBudget
    clock: Clock
    ring: Callable[[str], None]

    def __call__(self, account_id: str, session_id: str, turn_id: str) -> Turn:
        """The turn as it ended, be it by this or before. Raises `NotFound`."""
        self.chats.get_session(account_id, session_id)
        return self.end(self.chats.get_turn(session_id, turn_id))

    def end(self, turn: Turn) -> Turn:
        """Its process may be faster with a few events; raises `StaleRevision` when it always is."""
        for _ in range(TRIES_MAX):
            if turn.status.is_final:
                return turn
            runs = tuple(step.run for step in self.log.steps(turn.turn_id) if step.run is not None)
            ended = turn.cancelled(self.clock.now())
            writer = TurnWriter(turn, self.log, self.teller, self.ring, self.log.last_sequence(turn.turn_id))
            try:
                writer.end(TurnDetail(turn=ended, runs=runs))
            except TurnLost:
                turn = self.chats.get_turn(turn.session_id, turn.turn_id)
            else:
                self.budget.settle(turn, turn.created_at.date(), TokensUsed())
                return ended
        raise StaleRevision("This turn says more than can be cancelled; try again.")
