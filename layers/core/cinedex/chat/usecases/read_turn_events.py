"""Read the log of a turn for a client that follows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.chat.domain.session import Turn, TurnDetail
from cinedex.chat.domain.turn_log import StoredEvent, TurnEnded, TurnUpdate
from cinedex.chat.ports.chat_store import ChatStore, TurnLog
from cinedex.chat.usecases.reclaim_turns import ReclaimTurns


@dataclass(frozen=True)
class ReadTurnEvents:
    chats: ChatStore
    log: TurnLog
    reclaim: ReclaimTurns

    def __call__(self, turn: Turn, after: int) -> Sequence[TurnUpdate]:
        """The events with a sequence above `after`, so far. Raises `NotFound` if the turn is deleted meanwhile."""
        return [self._update(turn, stored) for stored in self.log.events(turn.turn_id, after)]

    def last_sequence(self, turn: Turn) -> int:
        return self.log.last_sequence(turn.turn_id)

    def reclaim_if_orphaned(self, turn: Turn) -> bool:
        """Continues the turn in this process if its own has died; True if it has ended. Raises `NotFound`."""
        current = self.chats.get_turn(turn.session_id, turn.turn_id)
        self.reclaim.one(current)
        return current.status.is_final

    def _update(self, turn: Turn, stored: StoredEvent) -> TurnUpdate:
        if not isinstance(stored.event, TurnEnded):
            return TurnUpdate(stored=stored)
        ended = self.chats.get_turn(turn.session_id, turn.turn_id)
        return TurnUpdate(stored=stored, detail=turn_detail(self.log, ended))


def turn_detail(log: TurnLog, turn: Turn) -> TurnDetail:
    """The turn with what its log says was done in it."""
    steps = log.steps(turn.turn_id)
    answers = [step.answer for step in steps if step.answer is not None]
    runs = tuple(step.run for step in steps if step.run is not None)
    return TurnDetail(turn=turn, runs=runs, answer=answers[-1] if answers else None)
