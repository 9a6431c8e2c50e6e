"""The interface of the agent's tools: arguments with a schema, and results that can be cited."""

from __future__ import annotations

from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, Field

from cinedex.answers.domain.agent import Evidence
from cinedex.answers.usecases.agent.scoped_library import ScopedLibrary
from cinedex.kernel.timecode import timecodes

UNNUMBERED = ""
RESULTS_MAX = 40


class ToolArguments(BaseModel):
    """Unknown arguments are rejected, so that the model can correct them."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RangeArguments(ToolArguments):
    """A video, and optionally a range of it."""

    video_id: str = Field(description="Id of a video in scope.")
    start_s: float | None = Field(default=None, ge=0, description="From this second on; from the beginning if absent.")
    end_s: float | None = Field(default=None, ge=0, description="Up to this second; up to the end if absent.")


class ToolResult(BaseModel):
    """The results of one call, best or earliest first; their result id is `UNNUMBERED`."""

    model_config = ConfigDict(frozen=True)

    kind: str
    query: str = ""
    degraded: bool = False
    total: int = Field(ge=0)
    results: tuple[Evidence, ...] = ()

    @property
    def summary(self) -> str:
        """`3 of 12 results in 2 videos, demo.mp4 0:05–0:09 first`."""
        if not self.results:
            return "nothing found"
        first, videos = self.results[0], {result.video_id for result in self.results}
        count = f"{len(self.results)} of {self.total}" if len(self.results) < self.total else str(self.total)
        of_videos = f" in {len(videos)} videos" if len(videos) > 1 else ""
        noun = "result" if self.total == 1 else "results"
        return f"{count} {noun}{of_videos}, {first.video_name} {timecodes(first.span)} first"


class Tool(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def description(self) -> str:
        """For the language model."""

    @property
    def arguments(self) -> type[BaseModel]: ...

    def __call__(self, library: ScopedLibrary, arguments: Any) -> ToolResult:
        """`arguments` is an instance of the class `self.arguments`. Accesses nothing outside `library`.

        Raises domain errors; the language model receives their message.
        """
