"""The agent's tool that analyses the frames of a few seconds on demand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field

from cinedex.answers.usecases.agent.scoped_library import ScopedLibrary
from cinedex.answers.usecases.agent.search_tool import evidence_of
from cinedex.answers.usecases.agent.tool import RESULTS_MAX, ToolArguments, ToolResult
from cinedex.answers.usecases.analyze_frames import AnalyzeFrames
from cinedex.kernel.errors import InvalidInput
from cinedex.kernel.span import Span

RANGE_S_MAX = 20.0


class FramesArguments(ToolArguments):
    video_id: str = Field(description="Id of a video in scope.")
    start_s: float = Field(ge=0)
    end_s: float = Field(ge=0, description=f"At most {RANGE_S_MAX:g} seconds after start_s.")


@dataclass(frozen=True)
class FramesTool:
    analyze_frames: AnalyzeFrames

    name: ClassVar[str] = "analyze_frames"
    description: ClassVar[str] = (
        "Look at the frames of a few seconds of a video again, for objects and for text that were not stored. "
        "Slow: only when nothing else answers."
    )
    arguments: ClassVar[type[FramesArguments]] = FramesArguments

    def __call__(self, library: ScopedLibrary, arguments: FramesArguments) -> ToolResult:
        """Raises `InvalidInput` for a range that is too long or outside the scope."""
        video = library.video(arguments.video_id)
        part, start_s, end_s = library.part(video), arguments.start_s, arguments.end_s
        if not start_s < end_s <= start_s + RANGE_S_MAX:
            raise InvalidInput(f"end_s must be after start_s, by at most {RANGE_S_MAX:g} seconds.", field="end_s")
        if end_s <= part.start_s or start_s >= part.end_s:
            raise InvalidInput("The range is outside the scope.", field="start_s")
        quotes = self.analyze_frames([(video, Span(start_s=start_s, end_s=end_s).clipped_to(part))])
        results = [evidence_of([quote], library) for quote in quotes]
        return ToolResult(kind="frames", total=len(results), results=tuple(results[:RESULTS_MAX]))
