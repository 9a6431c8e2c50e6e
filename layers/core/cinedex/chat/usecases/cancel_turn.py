"""Cancel a turn: its log ends here, and the process that works on it finds its next slot taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cinedex.chat.domain.session import Turn
from cinedex.chat.ports.chat_store import ChatStore, TurnLog
from cinedex.chat.ports.turn_budget import TurnBudget
from cinedex.chat.usecases.turn_writer import TurnLost, TurnWriter
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import StaleRevision
from cinedex.kernel.retry import LastError, RetryPolicy
from cinedex.usage.budget import TokensUsed

WRITE = RetryPolicy(attempts_max=50, pause_s=0.001, pause_s_max=0.01)
"""Brief pauses: each attempt competes with the next event of the turn."""


@dataclass(frozen=True)
class CancelTurn:
    chats: ChatStore
    log: TurnLog
    budget: TurnBudget
    clock: Clock
    notify: Callable[[str], None]

    def __call__(self, account_id: str, session_id: str, turn_id: str) -> Turn:
        """The turn as it ended, by this call or before it. Raises `NotFound`, `StaleRevision`."""
        self.chats.get_session(account_id, session_id)
        return self.end(self.chats.get_turn(session_id, turn_id))

    def end(self, turn: Turn) -> Turn:
        """Raises `StaleRevision` if the turn's process writes the next slot first each time."""
        last = LastError()
        for _ in WRITE.attempts(f"cancel turn {turn.turn_id}", self.clock.sleep, last):
            # Before the turn: if it is still open, its end has not taken the slot after this sequence.
            sequence = self.log.last_sequence(turn.turn_id)
            turn = self.chats.get_turn(turn.session_id, turn.turn_id)
            if turn.status.is_final:
                return turn
            ended = turn.cancelled(self.clock.now())
            try:
                TurnWriter(turn, self.log, self.notify, sequence).end(ended)
                self.budget.settle(turn, turn.created_at.date(), TokensUsed())
            except TurnLost as error:
                last.error = error
            else:
                return ended
        raise StaleRevision("The turn is still producing events and could not be cancelled. Try again.")
