"""From scored segments to moments: adjacent segments are merged, and the same content is shown once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.span import Span, cover
from cinedex.kernel.text.tokens import stems
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.timeline.modality import Modality

GAP_MAX_S = 1.0
LENGTH_MAX_S = 60.0
SHARE_OF_BEST = 0.5
"""The least score of an adjacent segment, as a share of the best: a weak one would blur the borders of the moment."""
SAME_TEXT = 0.9
STEMS_MIN = 8
"""Texts with fewer stems are alike by chance. So are captions, which are composed of the same few labels."""
HUMAN_MODALITIES = (Modality.SPEECH, Modality.SCREEN_TEXT, Modality.SUBTITLE)
SAME_TIME = 0.5


class MomentGroup(BaseModel):
    """Segments of one `span`, represented by `best`; `similar` are groups with the same content elsewhere."""

    model_config = ConfigDict(frozen=True)

    best: ScoredSegment
    span: Span
    similar: tuple[MomentGroup, ...] = ()

    @property
    def video_id(self) -> str:
        return self.best.document.video_id

    @cached_property
    def kinds(self) -> frozenset[Modality]:
        """The kinds of evidence that matched."""
        return frozenset(self.best.matched)

    @cached_property
    def text_stems(self) -> frozenset[str]:
        """Stems of the speech, the on-screen text and the subtitles; empty when there are too few to compare."""
        text_stems = stems(" ".join(self.best.document.texts.get(m, "") for m in HUMAN_MODALITIES))
        return text_stems if len(text_stems) >= STEMS_MIN else frozenset()


def single(segment: ScoredSegment) -> MomentGroup:
    return MomentGroup(best=segment, span=segment.document.span)


def merge_adjacent(scored: Sequence[ScoredSegment]) -> list[MomentGroup]:
    """`scored` is best first, and so is the result. A moment grows from its best segment in both directions."""
    by_time = sorted(scored, key=lambda s: (s.document.video_id, s.document.span.start_s))
    positions = {s.document.document_id: position for position, s in enumerate(by_time)}
    merged: set[str] = set()
    groups = []
    for best in scored:
        if best.document.document_id not in merged:
            members = _grow(best, by_time, positions[best.document.document_id], merged)
            merged.update(s.document.document_id for s in members)
            groups.append(MomentGroup(best=best, span=cover(s.document.span for s in members)))
    return groups


def _grow(
    best: ScoredSegment, by_time: Sequence[ScoredSegment], position: int, merged: set[str]
) -> list[ScoredSegment]:
    members, span = [best], best.document.span
    for side in (reversed(by_time[:position]), iter(by_time[position + 1 :])):
        for neighbour in _mergeable(side, best, merged):
            wider = span.joined_with(neighbour.document.span)
            if _gap_s(span, neighbour.document.span) > GAP_MAX_S or wider.length_s > LENGTH_MAX_S:
                break
            members.append(neighbour)
            span = wider
    return members


def _mergeable(side: Iterator[ScoredSegment], best: ScoredSegment, merged: set[str]) -> Iterator[ScoredSegment]:
    for other in side:
        if other.document.video_id != best.document.video_id or other.document.document_id in merged:
            return
        if other.score < SHARE_OF_BEST * best.score:
            return
        yield other


def _gap_s(one: Span, other: Span) -> float:
    return max(one.start_s, other.start_s) - min(one.end_s, other.end_s)


def deduplicate(
    groups: Sequence[MomentGroup], same_file: Callable[[str, str], bool], *, across_videos: bool
) -> list[MomentGroup]:
    """Each group with the same content as a better one moves into its `similar`. Best first, as before.

    Same content: the same time of the same file, or nearly the same speech and on-screen text, matched by the same
    modalities.
    """
    unique: list[tuple[MomentGroup, list[MomentGroup]]] = []
    for group in groups:
        duplicates = next((d for better, d in unique if _is_same(better, group, same_file, across_videos)), None)
        if duplicates is None:
            unique.append((group, []))
        else:
            duplicates.append(group)
    return [group.model_copy(update={"similar": tuple(duplicates)}) for group, duplicates in unique]


def _is_same(one: MomentGroup, other: MomentGroup, same_file: Callable[[str, str], bool], across_videos: bool) -> bool:
    if one.video_id != other.video_id:
        if not across_videos:
            return False
        if same_file(one.video_id, other.video_id) and _time_overlap(one.span, other.span) >= SAME_TIME:
            return True
    return one.kinds == other.kinds and _jaccard(one.text_stems, other.text_stems) >= SAME_TEXT


def _time_overlap(one: Span, other: Span) -> float:
    """Intersection over union."""
    shared_s = min(one.end_s, other.end_s) - max(one.start_s, other.start_s)
    return max(0.0, shared_s) / (one.joined_with(other).length_s or 1.0)


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """0 when one is empty."""
    if not one or not other:
        return 0.0
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)
