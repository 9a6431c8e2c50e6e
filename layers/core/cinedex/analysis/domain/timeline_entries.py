"""Turns the results of chunks into timeline entries: captions, screen text and objects."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Any

from cinedex.analysis.domain.model_results import DetectedObjects, FrameDetections, FrameText, ReadText, SegmentCaptions
from cinedex.kernel.span import Span, span
from cinedex.library.domain.segmenting import Segment
from cinedex.timeline.entries import TimelineEntry

DETECTIONS_PER_ENTRY_MAX = 1000  # about 120 KB, well below the 400 KB of a DynamoDB item


def caption_entries(chunks: Sequence[SegmentCaptions]) -> list[TimelineEntry]:
    """One entry for each segment, in order, with the model that wrote it."""
    captions = [c for chunk in chunks for c in chunk.captions]
    return [
        TimelineEntry(index=i, span=c.span, body={"caption": c.text, "model": c.model})
        for i, c in enumerate(sorted(captions, key=lambda c: c.segment_index))
    ]


def screen_text_entries(chunks: Sequence[ReadText], shots: Sequence[Span], duration_s: float) -> list[TimelineEntry]:
    """One entry for each line, from the frame in which it appears to its end.

    The end is the first read frame without the line, or the last cut before that frame, because text that stays
    visible across a cut is read again in the new shot.
    """
    frames = sorted((f for chunk in chunks for f in chunk.frames), key=lambda f: f.at_s)
    cuts = [*sorted(shot.start_s for shot in shots), math.inf]
    shown: list[tuple[Span, str]] = []
    visible_since: dict[str, float] = {}
    before_s = 0.0
    for frame in frames:
        lines = _lines(frame)
        gone_s = min(cuts[bisect_right(cuts, before_s)], frame.at_s)
        for text in [t for t in visible_since if t not in lines]:
            shown.append((span(visible_since.pop(text), gone_s), text))
        for text in lines:
            visible_since.setdefault(text, frame.at_s)
        before_s = frame.at_s
    shown.extend((span(start_s, max(start_s, duration_s)), text) for text, start_s in visible_since.items())
    shown.sort(key=lambda s: (s[0].start_s, s[0].end_s))
    return [TimelineEntry(index=i, span=at, body={"text": text}) for i, (at, text) in enumerate(shown)]


def _lines(frame: FrameText) -> list[str]:
    ordered = sorted(frame.lines, key=lambda line: (line.box.y1, line.box.x1))
    return list(dict.fromkeys(line.text.strip() for line in ordered if line.text.strip()))


def object_entries(chunks: Sequence[DetectedObjects], segments: Sequence[Segment]) -> list[TimelineEntry]:
    """One entry for each segment with detections; a segment with very many detections has several entries."""
    frames = sorted((f for chunk in chunks for f in chunk.frames), key=lambda f: f.at_s)
    frame_s = 1.0 / chunks[0].sample_fps if chunks else 0.0
    entries: list[TimelineEntry] = []
    for segment in segments:
        first = bisect_left(frames, segment.span.start_s, key=lambda f: f.at_s)
        last = bisect_left(frames, segment.span.end_s, key=lambda f: f.at_s)
        rows = [r for f in frames[first:last] for r in _detection_rows(f, frame_s)]
        for some in _slices(rows):
            entries.append(TimelineEntry(index=len(entries), span=segment.span, body={"detections": some}))
    return entries


def _detection_rows(frame: FrameDetections, frame_s: float) -> Iterator[dict[str, Any]]:
    for detection in frame.detections:
        yield {
            "type": detection.label,
            "score": round(detection.score, 3),
            "bbox": [detection.box.x1, detection.box.y1, detection.box.x2, detection.box.y2],
            "frame_idx": frame.frame_index,
            "at_s": round(frame.at_s, 3),
            "until_s": round(frame.at_s + frame_s, 3),
        }


def _slices(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(rows), DETECTIONS_PER_ENTRY_MAX):
        yield rows[start : start + DETECTIONS_PER_ENTRY_MAX]
