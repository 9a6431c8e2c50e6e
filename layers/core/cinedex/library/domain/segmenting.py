"""Cuts a video into segments, which are captioned and cited, and chunks, which are the tasks of workers."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cinedex.kernel.span import Span, span

CHUNKS_MAX = 48  # three references for each chunk travel between states: together below 32 KiB
CHUNK_LENGTH_MIN_S = 120.0
SHORTEST_SEGMENT_S = 0.5
SHORTEST_SCENE_SEGMENT_S = 3.0  # a fast-cut montage is one segment, not fifty


class SegmentingOptions(BaseModel):
    """How long segments are; the defaults are Reka's."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    min_len_s: float = Field(default=15.0, ge=1, le=600)
    max_len_s: float = Field(default=25.0, ge=1, le=600)
    use_scene_detection: bool = False

    @model_validator(mode="after")
    def _min_below_max(self) -> SegmentingOptions:
        if self.min_len_s > self.max_len_s:
            raise ValueError("min_len must not be greater than max_len")
        return self


class Segment(BaseModel):
    model_config = ConfigDict(frozen=True)

    index: int
    span: Span


class Chunk(BaseModel):
    """Whole segments that one worker task decodes in one sequential pass."""

    model_config = ConfigDict(frozen=True)

    index: int
    span: Span
    first_segment: int
    segment_count: int


def cut_segments(
    duration_s: float, shots: Sequence[Span], speech: Sequence[Span], options: SegmentingOptions
) -> tuple[Segment, ...]:
    """Cover `[0, duration_s)` with segments, cutting where a viewer expects it.

    With scene detection every shot boundary is a cut, except that shots under three seconds are joined with their
    neighbour and shots over `max_len_s` are divided. Without it, each segment ends between `min_len_s`
    and `max_len_s`, at a shot boundary if there is one, otherwise in the middle of the longest pause in
    speech, otherwise at `max_len_s`.
    """
    outer = _join_short(shots) if options.use_scene_detection else []
    landmarks = _Landmarks.of(shots, speech)
    cuts: list[Span] = []
    for stretch in outer or [span(0.0, duration_s)]:
        cuts.extend(_divide(stretch, landmarks, options))
    return tuple(Segment(index=i, span=s) for i, s in enumerate(cuts))


@dataclass(frozen=True)
class _Landmarks:
    """Preferred cuts, sorted by time, so that a video of a day is cut within a second."""

    boundaries_s: tuple[float, ...]
    pauses: tuple[Span, ...]
    pause_ends_s: tuple[float, ...]

    @classmethod
    def of(cls, shots: Sequence[Span], speech: Sequence[Span]) -> _Landmarks:
        pauses = tuple(_pauses(speech)) if speech else ()
        return cls(tuple(sorted(s.start_s for s in shots)), pauses, tuple(p.end_s for p in pauses))

    def last_boundary_in(self, window: Span) -> float | None:
        before = bisect_left(self.boundaries_s, window.end_s)
        boundary_s = self.boundaries_s[before - 1] if before else -1.0
        return boundary_s if boundary_s >= window.start_s else None

    def longest_pause_in(self, window: Span) -> Span | None:
        first = bisect_right(self.pause_ends_s, window.start_s)
        last = bisect_left(self.pauses, window.end_s, key=lambda p: p.start_s)
        clipped = (p.clipped_to(window) for p in self.pauses[first:last])
        return max(clipped, key=lambda p: p.length_s, default=None)


def _pauses(speech: Sequence[Span]) -> Iterator[Span]:
    """Spans without speech; the last one has no end."""
    free_from_s = 0.0
    for spoken in sorted(speech, key=lambda s: s.start_s):
        if spoken.start_s > free_from_s:
            yield span(free_from_s, spoken.start_s)
        free_from_s = max(free_from_s, spoken.end_s)
    yield span(free_from_s, math.inf)


def _join_short(shots: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for shot in (s for s in shots if s.length_s > 0):
        short = joined and min(joined[-1].length_s, shot.length_s) < SHORTEST_SCENE_SEGMENT_S
        if short:
            joined[-1] = joined[-1].joined_with(shot)
        else:
            joined.append(shot)
    return joined


def _divide(stretch: Span, landmarks: _Landmarks, options: SegmentingOptions) -> list[Span]:
    out, start_s = [], stretch.start_s
    while stretch.end_s - start_s > options.max_len_s:
        window = span(start_s + options.min_len_s, start_s + options.max_len_s)
        cut_s = _best_cut(window, landmarks)
        out.append(span(start_s, cut_s))
        start_s = cut_s
    if out and stretch.end_s - start_s < SHORTEST_SEGMENT_S:
        return [*out[:-1], span(out[-1].start_s, stretch.end_s)]
    return [*out, span(start_s, stretch.end_s)]


def _best_cut(window: Span, landmarks: _Landmarks) -> float:
    boundary_s = landmarks.last_boundary_in(window)
    if boundary_s is not None:
        return boundary_s
    pause = landmarks.longest_pause_in(window)
    return pause.middle_s if pause is not None else window.end_s


def group_chunks(segments: Sequence[Segment], key_frame_gap_s: float = 0.0) -> tuple[Chunk, ...]:
    """Group whole segments into at most `CHUNKS_MAX` chunks, each but the last at least two minutes long.

    Each is also at least as long as the longest distance of two key frames: its decoder starts at the key frame before
    it, so that shorter chunks would decode the same frames many times.
    """
    if not segments:
        return ()
    length_s = max(CHUNK_LENGTH_MIN_S, key_frame_gap_s, segments[-1].span.end_s / CHUNKS_MAX)
    groups: list[list[Segment]] = []
    for segment in segments:
        if not groups or segment.span.start_s - groups[-1][0].span.start_s >= length_s:
            groups.append([])
        groups[-1].append(segment)
    return tuple(_chunk(i, group) for i, group in enumerate(groups))


def _chunk(index: int, group: Sequence[Segment]) -> Chunk:
    outer = span(group[0].span.start_s, group[-1].span.end_s)
    return Chunk(index=index, span=outer, first_segment=group[0].index, segment_count=len(group))
