"""What `plan_chunks` decides once for a video and every later task reads."""

from __future__ import annotations

from cinedex.analysis.domain.model_results import Finding, Utterance
from cinedex.kernel.span import Span
from cinedex.library.domain.segmenting import Chunk, Segment


class AnalysisPlan(Finding):
    """Stored as one JSON object; tasks get its key in `inputs.plan`."""

    duration_s: float
    language: str | None
    shots: tuple[Span, ...]
    segments: tuple[Segment, ...]
    parts: tuple[Chunk, ...]
    utterances: tuple[Utterance, ...]

    def segments_of(self, part: Chunk) -> tuple[Segment, ...]:
        return self.segments[part.first_segment : part.first_segment + part.segment_count]

    def speech_in(self, outer: Span) -> tuple[Utterance, ...]:
        """Utterances whose middle lies in `outer`, so that each belongs to exactly one segment."""
        return tuple(u for u in self.utterances if outer.holds(u.span.middle_s))
