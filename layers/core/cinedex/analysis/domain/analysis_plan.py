"""The plan of an analysis: `PlanChunks` writes it once for a video, and every later task reads it."""

from __future__ import annotations

from pydantic import AliasChoices, Field

from cinedex.analysis.domain.model_results import ModelResult, Utterance
from cinedex.kernel.span import Span
from cinedex.library.domain.probe import ClockPiece
from cinedex.library.domain.segmenting import Chunk, Segment


class AnalysisPlan(ModelResult):
    """Stored as one JSON object; tasks get its key in `inputs.plan`. Earlier versions store `chunks` as `parts`.

    `frame_size` is the width and height in whose pixels boxes are, and `clock` has the pieces of the clock of the file.
    """

    duration_s: float
    language: str | None
    shots: tuple[Span, ...]
    segments: tuple[Segment, ...]
    chunks: tuple[Chunk, ...] = Field(validation_alias=AliasChoices("chunks", "parts"))
    utterances: tuple[Utterance, ...]
    frame_size: tuple[int, int] | None = None
    clock: tuple[ClockPiece, ...] = ()

    def segments_of(self, chunk: Chunk) -> tuple[Segment, ...]:
        return self.segments[chunk.first_segment : chunk.first_segment + chunk.segment_count]

    def speech_in(self, within: Span) -> tuple[Utterance, ...]:
        """Utterances whose middle lies in `within`, so that each belongs to exactly one segment."""
        return tuple(u for u in self.utterances if within.holds(u.span.middle_s))
