"""Collects the evidence of each segment of a chunk and composes its caption."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.analysis.domain.analysis_plan import AnalysisPlan
from cinedex.analysis.domain.model_results import DetectedObjects, FrameText, ReadText, SegmentCaption, SegmentCaptions
from cinedex.kernel.span import Span
from cinedex.library.domain.segmenting import Chunk, Segment

from gpu_tasks.analyze_chunk.sampling import SAMPLE_FPS
from gpu_tasks.engines.roles import CaptionEngine, CaptionEvidence


def describe_segments(
    engine: CaptionEngine, plan: AnalysisPlan, chunk: Chunk, objects: DetectedObjects, text: ReadText
) -> SegmentCaptions:
    """One caption for each segment of the chunk, in order."""
    captions = [
        SegmentCaption(
            segment_index=segment.index,
            span=segment.span,
            text=engine.describe(_evidence(segment, plan, objects, text)),
            model=engine.info.label,
        )
        for segment in plan.segments_of(chunk)
    ]
    return SegmentCaptions(captions=tuple(captions), models=(engine.info,))


def _evidence(segment: Segment, plan: AnalysisPlan, objects: DetectedObjects, text: ReadText) -> CaptionEvidence:
    return CaptionEvidence(
        span=segment.span,
        frame_width=objects.frame_width,
        frame_height=objects.frame_height,
        objects=[f for f in objects.frames if segment.span.holds(f.at_s)],
        text=_visible_text(text.frames, segment.span),
        speech=plan.speech_in(segment.span),
    )


def _visible_text(frames: Sequence[FrameText], within: Span) -> list[FrameText]:
    """The frames read inside the span, and the last one before it if its picture is still shown.

    A picture that has not changed is not read again.
    """
    before = [f for f in frames if f.at_s < within.start_s][-1:]
    inside = [f for f in frames if within.holds(f.at_s)]
    starts_with_reading = inside and inside[0].at_s - within.start_s < 1 / SAMPLE_FPS
    return inside if starts_with_reading else [*before, *inside]
