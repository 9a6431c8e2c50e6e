"""Puts what happens in a turn into the words of the API."""

from __future__ import annotations

from typing import Protocol

from cinedex.answers.domain.agent import StateChanged, ToolFinished, ToolStarted
from cinedex.chat.domain.session import Turn, TurnDetail
from cinedex.chat.domain.turn_log import TurnEvent


class TurnEventSerializer(Protocol):
    def started(self, turn: Turn) -> TurnEvent: ...

    def progressed(self, turn: Turn, event: StateChanged | ToolStarted | ToolFinished) -> TurnEvent: ...

    def answered_in_part(self, turn: Turn, delta: str, offset: int) -> TurnEvent:
        """`offset` counts the characters of the answer before `delta`."""

    def taken_over(self, turn: Turn) -> TurnEvent:
        """Another process goes on: what was told of the answer is void."""

    def ended(self, story: TurnDetail) -> TurnEvent:
        """The terminal event of a turn that has ended."""
