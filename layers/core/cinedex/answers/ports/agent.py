"""Whoever works on a question with tools and answers it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from cinedex.answers.domain.agent import AgentEvent, AgentTask, ToolRun


class Agent(Protocol):
    def run(self, task: AgentTask, done: Sequence[ToolRun] = ()) -> Iterator[AgentEvent]:
        """Events of a turn in order, of which the last and only the last is `AgentAnswered`.

        `done` are the tool runs of an earlier process that was cut off: they are taken as they are and not
        run again. Closing the iterator ends the work at the next step. Raises `Unavailable`,
        `TooManyRequests` and `AnalysisFailed` when the turn cannot be brought to an end.
        """
