"""Run the tool calls of one step at the same time, and tell of each in the order of the calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from cinedex.answers.domain.agent import ToolCall, ToolRun, ToolStatus
from cinedex.answers.domain.prompt_escaping import quoted, quoted_results
from cinedex.answers.usecases.agent.evidence_registry import EvidenceRegistry
from cinedex.answers.usecases.agent.scoped_library import ScopedLibrary
from cinedex.answers.usecases.agent.tool import Tool, ToolResult
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import CinedexError, ImpossibleValue, InvalidInput, Unavailable
from cinedex.language_models.language_model import ToolSpec, ToolUse

CALLS_MAX = 6
"""Calls of one step that are carried out; the model is told that the others were not."""


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
        found: EvidenceRegistry,
        until: datetime,
    ) -> Iterator[ToolRun]:
        """What goes wrong in a tool, or in how it was called, is a failed run that the model can mend.

        A tool that is not done at `until` is given up.
        """
        pool = ThreadPoolExecutor(max_workers=CALLS_MAX, thread_name_prefix="tool")
        try:
            started = self.clock.now()
            futures = [pool.submit(self._work, library, use, number) for number, (_, use) in enumerate(calls)]
            for (call, _), future in zip(calls, futures, strict=True):
                yield self._ended(call, future, found, started, until)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _work(self, library: ScopedLibrary, use: ToolUse, number: int) -> tuple[ToolResult, datetime]:
        if number >= CALLS_MAX:
            raise InvalidInput(f"At most {CALLS_MAX} tools can be called at a time; call this one again.")
        tool = self.tools.get(use.name)
        if tool is None:
            raise InvalidInput(f"There is no tool {use.name[:64]!r}. There are: {', '.join(self.tools)}.")
        if use.malformed is not None:
            raise InvalidInput(f"The arguments are not a JSON object: {use.malformed[:200]}")
        return tool(library, _arguments(tool, use.arguments)), self.clock.now()

    def _ended(
        self,
        call: ToolCall,
        future: Future[tuple[ToolResult, datetime]],
        found: EvidenceRegistry,
        started: datetime,
        until: datetime,
    ) -> ToolRun:
        seconds_left = max(0.0, (until - self.clock.now()).total_seconds())
        try:
            finding, ended = future.result(timeout=seconds_left)
        except TooLate:
            return self._failed(call, started, Unavailable("The tool took too long and was given up."))
        except CinedexError as error:
            return self._failed(call, started, error)
        result_set = found.add(call, finding)
        return ToolRun(
            call=call,
            status=ToolStatus.SUCCEEDED,
            started_at=started,
            completed_at=ended,
            result_summary=finding.summary,
            content=quoted_results(result_set.results, result_set.total),
            result_set=result_set,
        )

    def _failed(self, call: ToolCall, started: datetime, error: CinedexError) -> ToolRun:
        return ToolRun(
            call=call,
            status=ToolStatus.FAILED,
            started_at=started,
            completed_at=self.clock.now(),
            result_summary="failed",
            content=f"Error: {quoted(error.message)}",
            error=error.message,
        )


def _arguments(tool: Tool, given: dict[str, Any]) -> Any:
    """Raises `ImpossibleValue` with what is wrong, for the model to read."""
    try:
        return tool.arguments.model_validate(given)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:3]]
        raise ImpossibleValue(f"The arguments do not fit the schema. {'; '.join(faults)}") from None
