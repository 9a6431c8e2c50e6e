"""Wait for the end of a turn, which may run in another process."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.chat.domain.session import Turn
from cinedex.chat.ports.chat_store import ChatStore
from cinedex.chat.ports.turn_executor import TurnExecutor
from cinedex.chat.usecases.reclaim_turns import ReclaimTurns
from cinedex.kernel.clock import Clock

POLL_S = 0.2


@dataclass(frozen=True)
class AwaitTurn:
    chats: ChatStore
    executor: TurnExecutor
    reclaim: ReclaimTurns
    clock: Clock

    def __call__(self, turn: Turn, timeout_s: float) -> Turn:
        """The turn when it has ended, or as it is after `timeout_s`. Raises `NotFound` if it is deleted meanwhile."""
        deadline = self.clock.monotonic() + timeout_s
        while True:
            self.executor.wait(turn.turn_id, max(0.0, deadline - self.clock.monotonic()))
            turn = self.chats.get_turn(turn.session_id, turn.turn_id)
            if turn.status.is_final or self.clock.monotonic() >= deadline:
                return turn
            if self.reclaim.one(turn) is None:
                self.clock.sleep(POLL_S)
