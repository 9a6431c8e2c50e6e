"""From scored segments to moments: adjacent segments are merged, and the same content is shown once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from cinedex.kernel.span import Span, cover
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.search.domain.results.duplicates import GroupsByContent
from cinedex.search.domain.results.moment_group import MomentGroup

GAP_MAX_S = 1.0
LENGTH_MAX_S = 60.0
SHARE_OF_BEST = 0.5
"""The least score of an adjacent segment, as a share of the best: a weak one would blur the borders of the moment."""


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
    groups: Sequence[MomentGroup], file_of: Callable[[str], str], *, across_videos: bool
) -> list[MomentGroup]:
    """Each group with the same content as a better one moves into its `similar`. Best first, as before.

    `file_of` identifies the file of a video.
    """
    unique: list[tuple[MomentGroup, list[MomentGroup]]] = []
    by_content = GroupsByContent(groups, file_of, across_videos=across_videos)
    for group in groups:
        place = by_content.find_or_add(group)
        if place is None:
            unique.append((group, []))
        else:
            unique[place][1].append(group)
    return [
        group.model_copy(update={"similar": tuple(duplicates)}) if duplicates else group for group, duplicates in unique
    ]
