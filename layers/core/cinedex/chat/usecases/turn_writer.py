"""Writes the log of a turn for one attempt, slot by slot, until the turn ends or another attempt has taken it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cinedex.chat.domain.session import Turn, TurnDetail
from cinedex.chat.domain.turn_log import StoredEvent, TurnEvent, TurnStep
from cinedex.chat.ports.chat_store import TurnLog
from cinedex.chat.ports.turn_event_serializer import TurnEventSerializer


class TurnLost(Exception):
    """The slot was taken: the turn has ended, or another attempt goes on."""


@dataclass
class TurnWriter:
    """`sequence` is that of the last event written; `ring` is told of each one."""

    turn: Turn
    log: TurnLog
    teller: TurnEventSerializer
    ring: Callable[[str], None]
    sequence: int

    def write(self, told: TurnEvent, step: TurnStep | None = None) -> None:
        """Raises `TurnLost`."""
        self._append(told, step, None)

    def end(self, story: TurnDetail, step: TurnStep | None = None) -> None:
        """The terminal event and the turn as it ended, together; raises `TurnLost`."""
        self._append(self.teller.ended(story), step, story.turn)

    def _append(self, told: TurnEvent, step: TurnStep | None, ended: Turn | None) -> None:
        event = stored(self.turn, self.sequence + 1, told)
        if not self.log.append(event, step, ended):
            raise TurnLost
        self.sequence += 1
        self.ring(self.turn.turn_id)


def stored(turn: Turn, sequence: int, told: TurnEvent) -> StoredEvent:
    return StoredEvent(turn_id=turn.turn_id, sequence=sequence, attempt=turn.attempt, name=told.name, data=told.data)
