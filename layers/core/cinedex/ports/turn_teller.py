"""Puts what happens in a turn into the words of the API."""

from __future__ import annotations

from typing import Protocol

from cinedex.domain.agent import StateChanged, ToolFinished, ToolStarted
from cinedex.domain.chat import Turn, TurnStory
from cinedex.domain.turn_log import ToldEvent


class TurnTeller(Protocol):
    def started(self, turn: Turn) -> ToldEvent: ...

    def progressed(self, turn: Turn, event: StateChanged | ToolStarted | ToolFinished) -> ToldEvent: ...

    def answered_in_part(self, turn: Turn, delta: str, offset: int) -> ToldEvent:
        """`offset` counts the characters of the answer before `delta`."""

    def taken_over(self, turn: Turn) -> ToldEvent:
        """Another process goes on: what was told of the answer is void."""

    def ended(self, story: TurnStory) -> ToldEvent:
        """The terminal event of a turn that has ended."""
