"""The agent without a language model: it searches once and quotes the best evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cinedex.answers.domain.agent import (
    AgentAnswered,
    AgentCitation,
    AgentEvent,
    AgentPhase,
    AgentStats,
    AgentTask,
    AnswerDelta,
    ResultSet,
    StateChanged,
    ToolCall,
    ToolFinished,
    ToolRun,
    ToolStarted,
    ToolStatus,
)
from cinedex.answers.domain.english.question import Question, question_from
from cinedex.answers.domain.evidence_format import evidence_line
from cinedex.answers.domain.prompt_escaping import format_results
from cinedex.answers.domain.quote import Quote
from cinedex.answers.usecases.agent.evidence_registry import EvidenceRegistry
from cinedex.answers.usecases.agent.scoped_library import ScopedLibrary, scoped_library
from cinedex.answers.usecases.agent.search_tool import SEARCH_TOOL, evidence_of
from cinedex.answers.usecases.agent.tool import ToolResult
from cinedex.answers.usecases.analyze_frames import AnalyzeFrames
from cinedex.answers.usecases.extractive.select_evidence import SelectEvidence
from cinedex.kernel.clock import Clock
from cinedex.kernel.span import VideoSpan
from cinedex.library.domain.feature import Feature
from cinedex.search.usecases.querying.format_report import no_match_text
from cinedex.search.usecases.querying.resolve_scope import ResolveScope

NAME = "extractive"


@dataclass(frozen=True)
class ExtractiveAgent:
    """An `Agent`. Its answers are verbatim quotes, so they can only be irrelevant, not wrong.

    Each line of an answer is a quote with its video and time; the n-th line has the n-th citation.
    """

    select_evidence: SelectEvidence
    resolve_scope: ResolveScope
    analyze_frames: AnalyzeFrames
    clock: Clock

    def run(self, task: AgentTask, done: Sequence[ToolRun] = ()) -> Iterator[AgentEvent]:
        yield StateChanged(phase=AgentPhase.PLANNING)
        question = task.conversation[-1].content.strip()
        library = scoped_library(task, self.resolve_scope, (Feature.CAPTIONS,))
        result_set = next((run.result_set for run in done if run.result_set is not None), None)
        if result_set is None:
            call = ToolCall(tool_call_id="call00000", tool_name=SEARCH_TOOL, arguments={"query": question})
            yield ToolStarted(call=call)
            run, result_set = self._search(call, task, library)
            yield ToolFinished(run=run)
        yield StateChanged(phase=AgentPhase.SYNTHESIZING)
        yield from _answer(result_set, no_match_text(question, len(library.scope.videos)))

    def _search(self, call: ToolCall, task: AgentTask, library: ScopedLibrary) -> tuple[ToolRun, ResultSet]:
        started, question = self.clock.now(), question_from(task.conversation)
        fresh = self._analyze_frames(question, task.ranges, library)
        quotes = self.select_evidence(library.account_id, question, library.scope, fresh)
        results = tuple(evidence_of([quote], library) for quote in quotes)
        result = ToolResult(kind="semantic", query=question.text, total=len(results), results=results)
        result_set = EvidenceRegistry().add(call, result)
        run = ToolRun(
            call=call,
            status=ToolStatus.SUCCEEDED,
            started_at=started,
            completed_at=self.clock.now(),
            result_summary=result.summary,
            content=format_results(result_set.results, result_set.total),
            result_set=result_set,
        )
        return run, result_set

    def _analyze_frames(
        self, question: Question, ranges: Sequence[VideoSpan], library: ScopedLibrary
    ) -> tuple[Quote, ...]:
        """When the request names a time range, its frames are analysed as well."""
        if not question.is_visual:
            return ()
        return self.analyze_frames([(library.video(r.video_id), r.span) for r in ranges])


def _answer(result_set: ResultSet, no_match: str) -> Iterator[AgentEvent]:
    lines = [evidence_line(evidence) for evidence in result_set.results] or [no_match]
    pieces = [f"{line}\n" for line in lines[:-1]] + lines[-1:]
    yield from (AnswerDelta(text=piece) for piece in pieces)
    yield AgentAnswered(
        text="".join(pieces),
        citations=tuple(AgentCitation(result_set_id=result_set.result_set_id, evidence=e) for e in result_set.results),
        confident=bool(result_set.results),
        stats=AgentStats(model=NAME, tool_calls=1),
    )
