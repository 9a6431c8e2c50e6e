"""Read the log of a turn from where a reader stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.chat.domain.session import Turn
from cinedex.chat.domain.turn_log import StoredEvent
from cinedex.chat.ports.chat_store import ChatStore, TurnLog
from cinedex.chat.usecases.reclaim_turns import ReclaimTurns


@dataclass(frozen=True)
class ReadTurnEvents:
    chats: ChatStore
    log: TurnLog
    take_over: ReclaimTurns

    def events(self, turn: Turn, after: int) -> Sequence[StoredEvent]:
        """Those that are there; the caller asks again for the others."""
        return self.log.events(turn.turn_id, after)

    def last_sequence(self, turn: Turn) -> int:
        return self.log.last_sequence(turn.turn_id)

    def orphaned(self, turn: Turn) -> Turn | None:
        """The turn, leased to the caller, when nobody works on it any more. Raises `NotFound` once it is deleted."""
        return self.take_over.one(self.chats.get_turn(turn.session_id, turn.turn_id))
