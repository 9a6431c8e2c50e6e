"""What a turn has found so far: results by the ids that its answer may cite."""

from __future__ import annotations

from collections.abc import Iterable

from cinedex.answers.domain.agent import AgentCitation, Evidence, ResultSet, ToolCall, ToolRun
from cinedex.answers.usecases.agent.tool import ToolResult


class EvidenceRegistry:
    """Results are numbered through the whole turn, also where an earlier process began it."""

    def __init__(self, done: Iterable[ToolRun] = ()) -> None:
        self.citable: dict[str, AgentCitation] = {}
        for run in done:
            if run.result_set is not None:
                self._remember(run.result_set)

    def add(self, call: ToolCall, finding: ToolResult) -> ResultSet:
        first = 1 + max((int(result_id[1:]) for result_id in self.citable), default=0)
        results = tuple(_numbered(r, number) for number, r in enumerate(finding.results, start=first))
        result_set = ResultSet(
            result_set_id=f"{call.tool_call_id}-results",
            tool_call_id=call.tool_call_id,
            kind=finding.kind,
            query=finding.query,
            total=finding.total,
            truncated=len(results) < finding.total,
            results=results,
        )
        self._remember(result_set)
        return result_set

    def _remember(self, result_set: ResultSet) -> None:
        for evidence in result_set.results:
            self.citable[evidence.result_id] = AgentCitation(result_set_id=result_set.result_set_id, evidence=evidence)


def _numbered(result: Evidence, number: int) -> Evidence:
    return result.model_copy(update={"result_id": f"r{number}"})
