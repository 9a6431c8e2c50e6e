"""Run the tool calls of one step concurrently and yield their results in the order of the calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from cinedex.answers.domain.agent import ToolCall, ToolRun, ToolStatus
from cinedex.answers.domain.prompt_escaping import escape_text, format_results
from cinedex.answers.usecases.agent.evidence_registry import EvidenceRegistry
from cinedex.answers.usecases.agent.scoped_library import ScopedLibrary
from cinedex.answers.usecases.agent.tool import Tool, ToolResult
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import CinedexError, ImpossibleValue, InvalidInput, Unavailable
from cinedex.language_models.language_model import ToolSpec, ToolUse

CALLS_MAX = 6
"""Calls of one step that are run; the others fail with a message to the model."""


@dataclass(frozen=True)
class RunTools:
    tools: Mapping[str, Tool]
    clock: Clock

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        return tuple(
            ToolSpec(name=t.name, description=t.description, input_schema=t.arguments.model_json_schema())
            for t in self.tools.values()
        )

    def __call__(
        self,
        library: ScopedLibrary,
        calls: Sequence[tuple[ToolCall, ToolUse]],
        evidence: EvidenceRegistry,
        deadline: datetime,
    ) -> Iterator[ToolRun]:
        """An error of a tool, or in its arguments, is a failed run whose message the model can react to.

        A tool that is not finished at `deadline` is abandoned.
        """
        pool = ThreadPoolExecutor(max_workers=CALLS_MAX, thread_name_prefix="tool")
        try:
            started = self.clock.now()
            futures = [pool.submit(self._call, library, use, number) for number, (_, use) in enumerate(calls)]
            for (call, _), future in zip(calls, futures, strict=True):
                yield self._finished_run(call, future, evidence, started, deadline)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _call(self, library: ScopedLibrary, use: ToolUse, number: int) -> tuple[ToolResult, datetime]:
        if number >= CALLS_MAX:
            raise InvalidInput(f"At most {CALLS_MAX} tools can be called in one step. Call this one again.")
        tool = self.tools.get(use.name)
        if tool is None:
            raise InvalidInput(f"Unknown tool {use.name[:64]!r}. Available: {', '.join(self.tools)}.")
        if use.malformed is not None:
            raise InvalidInput(f"The arguments are not a JSON object: {use.malformed[:200]}")
        return tool(library, _arguments(tool, use.arguments)), self.clock.now()

    def _finished_run(
        self,
        call: ToolCall,
        future: Future[tuple[ToolResult, datetime]],
        evidence: EvidenceRegistry,
        started: datetime,
        deadline: datetime,
    ) -> ToolRun:
        seconds_left = max(0.0, (deadline - self.clock.now()).total_seconds())
        try:
            result, completed_at = future.result(timeout=seconds_left)
        except FutureTimeoutError:
            return self._failed_run(call, started, Unavailable("The tool exceeded its time limit."))
        except CinedexError as error:
            return self._failed_run(call, started, error)
        result_set = evidence.add(call, result)
        return ToolRun(
            call=call,
            status=ToolStatus.SUCCEEDED,
            started_at=started,
            completed_at=completed_at,
            result_summary=result.summary,
            content=format_results(result_set.results, result_set.total),
            result_set=result_set,
        )

    def _failed_run(self, call: ToolCall, started: datetime, error: CinedexError) -> ToolRun:
        return ToolRun(
            call=call,
            status=ToolStatus.FAILED,
            started_at=started,
            completed_at=self.clock.now(),
            result_summary="failed",
            content=f"Error: {escape_text(error.message)}",
            error=error.message,
        )


def _arguments(tool: Tool, given: dict[str, Any]) -> Any:
    """Raises `ImpossibleValue` with a message for the model."""
    try:
        return tool.arguments.model_validate(given)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:3]]
        raise ImpossibleValue(f"The arguments do not fit the schema. {'; '.join(faults)}") from None
