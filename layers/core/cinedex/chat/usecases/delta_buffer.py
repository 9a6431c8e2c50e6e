"""Pieces of an answer on their way into the log: the first at once, the following ones a few at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic

from cinedex.chat.ports.turn_event_serializer import TurnEventSerializer
from cinedex.chat.usecases.turn_writer import TurnWriter

GATHERED_S_MAX = 0.08
"""A model writes a token every few milliseconds; each event is a write to the store."""


@dataclass
class DeltaBuffer:
    writer: TurnWriter
    teller: TurnEventSerializer
    _waiting: str = ""
    _told: int = 0
    _told_at: float = field(default=-1.0)

    def add(self, text: str) -> None:
        """Raises `TurnLost`."""
        self._waiting += text
        if monotonic() - self._told_at >= GATHERED_S_MAX:
            self.flush()

    def flush(self) -> None:
        if self._waiting:
            self.writer.write(self.teller.answered_in_part(self.writer.turn, self._waiting, self._told))
            self._told += len(self._waiting)
            self._waiting, self._told_at = "", monotonic()
