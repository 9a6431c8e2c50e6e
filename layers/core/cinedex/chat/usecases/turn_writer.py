"""Writes the log of a turn for one attempt, slot by slot, until the turn ends or is reassigned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cinedex.chat.domain.session import Turn
from cinedex.chat.domain.turn_log import StoredEvent, TurnEnded, TurnEvent, TurnStep
from cinedex.chat.ports.chat_store import TurnLog


class TurnLost(Exception):
    """The slot was taken: the turn has ended, or another attempt has written it."""


@dataclass
class TurnWriter:
    """`sequence` is that of the last event written; `notify` is called with the turn's id after each one."""

    turn: Turn
    log: TurnLog
    notify: Callable[[str], None]
    sequence: int

    def write(self, event: TurnEvent, step: TurnStep | None = None) -> None:
        """Raises `TurnLost`."""
        self._append(event, step, None)

    def end(self, ended: Turn, step: TurnStep | None = None) -> None:
        """Writes the last event and the ended turn together. Raises `TurnLost`."""
        self._append(TurnEnded(status=ended.status), step, ended)

    def _append(self, event: TurnEvent, step: TurnStep | None, ended: Turn | None) -> None:
        if not self.log.append(stored(self.turn, self.sequence + 1, event), step, ended):
            raise TurnLost
        self.sequence += 1
        self.notify(self.turn.turn_id)


def stored(turn: Turn, sequence: int, event: TurnEvent) -> StoredEvent:
    return StoredEvent(
        turn_id=turn.turn_id, sequence=sequence, attempt=turn.attempt, event=event, expires_at=turn.expires_at
    )
