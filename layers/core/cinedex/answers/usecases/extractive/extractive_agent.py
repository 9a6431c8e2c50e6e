"""The agent without a language model: it searches once, and its answer is the best evidence, word for word."""

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
    Place,
    ResultSet,
    StateChanged,
    ToolCall,
    ToolFinished,
    ToolRun,
    ToolStarted,
    ToolStatus,
)
from cinedex.answers.domain.evidence_format import evidence_line
from cinedex.answers.domain.prompt_escaping import quoted_results
from cinedex.answers.domain.question import Question, question_of
from cinedex.answers.domain.quote import Quote
from cinedex.answers.usecases.agent.evidence_registry import EvidenceRegistry
from cinedex.answers.usecases.agent.scoped_library import ScopedLibrary, scoped_library
from cinedex.answers.usecases.agent.search_tool import SEARCH_TOOL, evidence_of
from cinedex.answers.usecases.agent.tool import ToolResult
from cinedex.answers.usecases.analyze_frames import AnalyzeFrames
from cinedex.answers.usecases.extractive.select_evidence import SelectEvidence
from cinedex.kernel.clock import Clock
from cinedex.library.domain.feature import Feature
from cinedex.search.usecases.querying.format_report import no_match_text
from cinedex.search.usecases.querying.resolve_scope import ResolveScope

NAME = "extractive"


@dataclass(frozen=True)
class ExtractiveAgent:
    """An `Agent`. It cannot be wrong about what was said, only about whether it answers the question.

    Each line of an answer is a quote that names its video and time; the n-th line stands on the n-th citation.
    """

    select_evidence: SelectEvidence
    resolve_scope: ResolveScope
    analyze_frames: AnalyzeFrames
    clock: Clock

    def run(self, task: AgentTask, done: Sequence[ToolRun] = ()) -> Iterator[AgentEvent]:
        yield StateChanged(phase=AgentPhase.PLANNING)
        asked = task.conversation[-1].content.strip()
        library = scoped_library(task, self.resolve_scope, (Feature.CAPTIONS,))
        searched = next((run.result_set for run in done if run.result_set is not None), None)
        if searched is None:
            call = ToolCall(tool_call_id="call00000", tool_name=SEARCH_TOOL, arguments={"query": asked})
            yield ToolStarted(call=call)
            run, searched = self._search(call, task, library)
            yield ToolFinished(run=run)
        yield StateChanged(phase=AgentPhase.SYNTHESIZING)
        yield from _answer(searched, no_match_text(asked, len(library.pool.videos)))

    def _search(self, call: ToolCall, task: AgentTask, library: ScopedLibrary) -> tuple[ToolRun, ResultSet]:
        started, question = self.clock.now(), question_of(task.conversation)
        looked = self._look_again(question, task.places, library)
        quotes = self.select_evidence(library.account_id, question, library.pool, looked)
        results = tuple(evidence_of([quote], library) for quote in quotes)
        finding = ToolResult(kind="semantic", query=question.text, total=len(results), results=results)
        result_set = EvidenceRegistry().add(call, finding)
        run = ToolRun(
            call=call,
            status=ToolStatus.SUCCEEDED,
            started_at=started,
            completed_at=self.clock.now(),
            result_summary=finding.summary,
            content=quoted_results(result_set.results, result_set.total),
            result_set=result_set,
        )
        return run, result_set

    def _look_again(self, question: Question, places: Sequence[Place], library: ScopedLibrary) -> tuple[Quote, ...]:
        """Who says when the answer is to be found gets the frames of then looked at."""
        if not question.is_about_pictures:
            return ()
        return self.analyze_frames([(library.video(place.video_id), place.span) for place in places])


def _answer(searched: ResultSet, no_match: str) -> Iterator[AgentEvent]:
    lines = [evidence_line(evidence) for evidence in searched.results] or [no_match]
    pieces = [f"{line}\n" for line in lines[:-1]] + lines[-1:]
    yield from (AnswerDelta(text=piece) for piece in pieces)
    yield AgentAnswered(
        text="".join(pieces),
        citations=tuple(AgentCitation(result_set_id=searched.result_set_id, evidence=e) for e in searched.results),
        confident=bool(searched.results),
        stats=AgentStats(model=NAME, tool_calls=1),
    )
