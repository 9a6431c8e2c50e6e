"""Cutting a video into segments (what is captioned and cited) and parts (what one worker takes)."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cinedex.domain.span import Span, span

PARTS_MAX = 48  # three references for each part travel between states: together below 32 KiB
PART_LENGTH_MIN_S = 120.0
SHORTEST_SEGMENT_S = 0.5
SHORTEST_SCENE_SEGMENT_S = 3.0  # a fast-cut montage is one segment, not fifty


class SegmentingOptions(BaseModel):
    """How long segments are; the defaults are Reka's."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    min_len_s: float = Field(default=15.0, gt=0, le=600)
    max_len_s: float = Field(default=25.0, gt=0, le=600)
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


class Part(BaseModel):
    """Whole segments that one worker task decodes in one sequential pass."""

    model_config = ConfigDict(frozen=True)

    index: int
    span: Span
    first_segment: int
    segment_count: int


def cut_segments(
    duration_s: float, shots: Sequence[Span], speech: Sequence[Span], options: SegmentingOptions
) -> tuple[Segment, ...]:
    """Cover `[0, duration_s)` with segments, cutting where a viewer would.

    With scene detection every shot boundary is a cut, but that shots under three seconds join their
    neighbour, and shots over `max_len_s` are divided. Without it, each segment ends between `min_len_s` and `max_len_s`, at a shot boundary if one lies there, else in
    the middle of the longest pause of speech, else at `max_len_s`.
    """
    outer = _join_short(shots) if options.use_scene_detection else []
    stretches = outer or [span(0.0, duration_s)]
    cuts: list[Span] = []
    for stretch in stretches:
        cuts.extend(_divide(stretch, shots, speech, options))
    return tuple(Segment(index=i, span=s) for i, s in enumerate(cuts))


def _join_short(shots: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for shot in (s for s in shots if s.length_s > 0):
        short = joined and min(joined[-1].length_s, shot.length_s) < SHORTEST_SCENE_SEGMENT_S
        if short:
            joined[-1] = joined[-1].joined_with(shot)
        else:
            joined.append(shot)
    return joined


def _divide(stretch: Span, shots: Sequence[Span], speech: Sequence[Span], options: SegmentingOptions) -> list[Span]:
    out, start_s = [], stretch.start_s
    while stretch.end_s - start_s > options.max_len_s:
        window = span(start_s + options.min_len_s, start_s + options.max_len_s)
        cut_s = _best_cut(window, shots, speech)
        out.append(span(start_s, cut_s))
        start_s = cut_s
    if out and stretch.end_s - start_s < SHORTEST_SEGMENT_S:
        return [*out[:-1], span(out[-1].start_s, stretch.end_s)]
    return [*out, span(start_s, stretch.end_s)]


def _best_cut(window: Span, shots: Sequence[Span], speech: Sequence[Span]) -> float:
    boundaries = [s.start_s for s in shots if window.holds(s.start_s)]
    if boundaries:
        return boundaries[-1]
    pauses = [p for p in _pauses(window, speech) if p.length_s > 0]
    return max(pauses, key=lambda p: p.length_s).middle_s if pauses and speech else window.end_s


def _pauses(window: Span, speech: Sequence[Span]) -> list[Span]:
    pauses, free_from_s = [], window.start_s
    for spoken in sorted(speech, key=lambda s: s.start_s):
        if spoken.end_s <= window.start_s or spoken.start_s >= window.end_s:
            continue
        if spoken.start_s > free_from_s:
            pauses.append(span(free_from_s, spoken.start_s))
        free_from_s = max(free_from_s, spoken.end_s)
    if free_from_s < window.end_s:
        pauses.append(span(free_from_s, window.end_s))
    return pauses


def group_parts(segments: Sequence[Segment]) -> tuple[Part, ...]:
    """Group whole segments into at most `PARTS_MAX` parts, each but the last at least two minutes long."""
    if not segments:
        return ()
    length_s = max(PART_LENGTH_MIN_S, segments[-1].span.end_s / PARTS_MAX)
    groups: list[list[Segment]] = []
    for segment in segments:
        if not groups or segment.span.start_s - groups[-1][0].span.start_s >= length_s:
            groups.append([])
        groups[-1].append(segment)
    return tuple(_part(i, group) for i, group in enumerate(groups))


def _part(index: int, group: Sequence[Segment]) -> Part:
    outer = span(group[0].span.start_s, group[-1].span.end_s)
    return Part(index=index, span=outer, first_segment=group[0].index, segment_count=len(group))
