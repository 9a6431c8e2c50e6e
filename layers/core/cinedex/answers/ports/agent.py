"""The port for agents that answer a question with tools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from cinedex.answers.domain.agent import AgentEvent, AgentTask, ToolRun


class Agent(Protocol):
    def run(self, task: AgentTask, done: Sequence[ToolRun] = ()) -> Iterator[AgentEvent]:
        """The events of a turn in order; only the last one is `AgentAnswered`.

        `done` are the tool runs of an interrupted process; they are used and not run again. Closing the iterator stops
        the work at the next step. Raises `Unavailable`, `TooManyRequests` and `AnalysisFailed` when the turn cannot be
        completed.
        """
