"""The results of a turn by the ids that its answer can cite."""

from __future__ import annotations

from collections.abc import Iterable

from cinedex.answers.domain.agent import AgentCitation, Evidence, ResultSet, ToolCall, ToolRun
from cinedex.answers.usecases.agent.tool import ToolResult


class EvidenceRegistry:
    """Result ids are numbered over the whole turn, including results of an interrupted process."""

    def __init__(self, done: Iterable[ToolRun] = ()) -> None:
        self.citable: dict[str, AgentCitation] = {}
        self.is_degraded = False
        for run in done:
            if run.result_set is not None:
                self._register(run.result_set)

    def add(self, call: ToolCall, result: ToolResult) -> ResultSet:
        first = 1 + max((int(result_id[1:]) for result_id in self.citable), default=0)
        results = tuple(_numbered(r, number) for number, r in enumerate(result.results, start=first))
        result_set = ResultSet(
            result_set_id=f"{call.tool_call_id}-results",
            tool_call_id=call.tool_call_id,
            kind=result.kind,
            query=result.query,
            total=result.total,
            truncated=len(results) < result.total,
            degraded=result.degraded,
            results=results,
        )
        self._register(result_set)
        return result_set

    def _register(self, result_set: ResultSet) -> None:
        self.is_degraded = self.is_degraded or result_set.degraded
        for evidence in result_set.results:
            self.citable[evidence.result_id] = AgentCitation(result_set_id=result_set.result_set_id, evidence=evidence)


def _numbered(result: Evidence, number: int) -> Evidence:
    return result.model_copy(update={"result_id": f"r{number}"})
