"""One search whose results are quotes that answer the question, and the answer that consists of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.answers.domain.agent import (
    AgentTask,
    ResultSet,
    ToolCall,
    ToolRun,
    ToolStatus,
)
from cinedex.answers.domain.english.question import Question, question_from
from cinedex.answers.domain.prompt_escaping import format_results
from cinedex.answers.domain.quote import Quote
from cinedex.answers.usecases.agent.evidence_registry import EvidenceRegistry
from cinedex.answers.usecases.agent.scoped_library import ScopedLibrary
from cinedex.answers.usecases.agent.search_tool import evidence_of
from cinedex.answers.usecases.agent.tool import ToolResult
from cinedex.answers.usecases.analyze_frames import AnalyzeFrames
from cinedex.answers.usecases.extractive.select_evidence import SelectEvidence
from cinedex.kernel.clock import Clock
from cinedex.kernel.span import VideoSpan


@dataclass(frozen=True)
class QuoteSearch:
    select_evidence: SelectEvidence
    analyze_frames: AnalyzeFrames
    clock: Clock

    def __call__(
        self, call: ToolCall, task: AgentTask, library: ScopedLibrary, evidence: EvidenceRegistry
    ) -> tuple[ToolRun, ResultSet]:
        started, question = self.clock.now(), question_from(task.conversation)
        fresh = self._analyze_frames(question, task.ranges, library)
        selected = self.select_evidence(library, question, fresh)
        results = tuple(evidence_of([quote], library) for quote in selected.quotes)
        result = ToolResult(
            kind="semantic", query=question.text, degraded=selected.degraded, total=len(results), results=results
        )
        result_set = evidence.add(call, result)
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
