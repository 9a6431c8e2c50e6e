"""Buffers the pieces of an answer for the log: the first is written at once, the following ones a few at a time."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.chat.domain.turn_log import AnswerAppended
from cinedex.chat.usecases.turn_writer import TurnWriter
from cinedex.kernel.clock import Clock

BUFFERED_S_MAX = 0.08
"""A model writes a token every few milliseconds, and each event is a write to the store."""


@dataclass
class DeltaBuffer:
    writer: TurnWriter
    clock: Clock
    _buffered: str = ""
    _offset: int = 0
    _written_at_s: float | None = None

    def add(self, text: str) -> None:
        """Raises `TurnLost`."""
        self._buffered += text
        if self._written_at_s is None or self.clock.monotonic() - self._written_at_s >= BUFFERED_S_MAX:
            self.flush()

    def flush(self) -> None:
        """Raises `TurnLost`."""
        if self._buffered:
            self.writer.write(AnswerAppended(text=self._buffered, offset=self._offset))
            self._offset += len(self._buffered)
            self._buffered, self._written_at_s = "", self.clock.monotonic()
