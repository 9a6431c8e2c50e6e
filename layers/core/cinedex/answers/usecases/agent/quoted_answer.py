"""An answer that consists of quotes, and the port of the search that finds them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from cinedex.answers.domain.agent import (
    AgentAnswered,
    AgentCitation,
    AgentEvent,
    AgentStats,
    AgentTask,
    AnswerDelta,
    ResultSet,
    ToolCall,
    ToolRun,
)
from cinedex.answers.domain.answer import Degradation
from cinedex.answers.domain.evidence_format import evidence_line
from cinedex.answers.usecases.agent.evidence_registry import EvidenceRegistry
from cinedex.answers.usecases.agent.scoped_library import ScopedLibrary
from cinedex.answers.usecases.agent.search_tool import SEARCH_TOOL
from cinedex.search.usecases.querying.format_report import no_match_text


class SearchQuotes(Protocol):
    def __call__(
        self, call: ToolCall, task: AgentTask, library: ScopedLibrary, evidence: EvidenceRegistry
    ) -> tuple[ToolRun, ResultSet]:
        """Quotes that answer the question, best first; they are added to `evidence`."""


def search_call(call_id: str, task: AgentTask, step: int = 0) -> ToolCall:
    question = task.conversation[-1].content.strip()
    return ToolCall(tool_call_id=call_id, tool_name=SEARCH_TOOL, arguments={"query": question}, step=step)


def quoted_answer(
    result_set: ResultSet, task: AgentTask, library: ScopedLibrary, stats: AgentStats, lost: Sequence[Degradation] = ()
) -> Iterator[AgentEvent]:
    """Each line is a quote with its video and time. `lost`: why a language model has not answered instead."""
    lines = [evidence_line(evidence) for evidence in result_set.results]
    lines = lines or [no_match_text(task.conversation[-1].content.strip(), library.video_count)]
    pieces = [f"{line}\n" for line in lines[:-1]] + lines[-1:]
    yield from (AnswerDelta(text=piece) for piece in pieces)
    yield AgentAnswered(
        text="".join(pieces),
        citations=tuple(AgentCitation(result_set_id=result_set.result_set_id, evidence=e) for e in result_set.results),
        confident=bool(result_set.results) and not lost,
        stats=stats,
        degraded_by=(*lost, *([Degradation.SEARCH] if result_set.degraded else [])),
    )
