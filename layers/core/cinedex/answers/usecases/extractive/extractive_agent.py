"""The agent without a language model: it searches once and quotes the best evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cinedex.answers.domain.agent import (
    AgentEvent,
    AgentPhase,
    AgentStats,
    AgentTask,
    StateChanged,
    ToolFinished,
    ToolRun,
    ToolStarted,
)
from cinedex.answers.usecases.agent.evidence_registry import EvidenceRegistry
from cinedex.answers.usecases.agent.quoted_answer import quoted_answer, search_call
from cinedex.answers.usecases.agent.scoped_library import LibraryReader, scoped_library
from cinedex.answers.usecases.extractive.quote_search import QuoteSearch
from cinedex.library.domain.feature import Feature

NAME = "extractive"


@dataclass(frozen=True)
class ExtractiveAgent:
    """An `Agent`. Its answers are verbatim quotes, so they can only be irrelevant, not wrong.

    Each line of an answer is a quote with its video and time; the n-th line has the n-th citation.
    """

    search_quotes: QuoteSearch
    library: LibraryReader

    def run(self, task: AgentTask, done: Sequence[ToolRun] = ()) -> Iterator[AgentEvent]:
        yield StateChanged(phase=AgentPhase.PLANNING)
        library = scoped_library(task, self.library, (Feature.CAPTIONS,))
        result_set = next((run.result_set for run in done if run.result_set is not None), None)
        if result_set is None:
            call = search_call("call00000", task)
            yield ToolStarted(call=call)
            run, result_set = self.search_quotes(call, task, library, EvidenceRegistry())
            yield ToolFinished(run=run)
        yield StateChanged(phase=AgentPhase.SYNTHESIZING)
        yield from quoted_answer(result_set, task, library, AgentStats(model=NAME, tool_calls=1))
