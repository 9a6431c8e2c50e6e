"""From scored segments to moments: neighbours joined into one, the same content shown once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.span import Span, cover
from cinedex.kernel.text.tokens import stems
from cinedex.search.domain.ranking.fusion import Scored
from cinedex.timeline.modality import Modality

GAP_MAX_S = 1.0
LENGTH_MAX_S = 60.0
SHARE_OF_BEST = 0.5
"""A neighbour joins when it is at least half as sure: a weak one would blur where the best begins and ends."""
SAME_TEXT = 0.9
STEMS_MIN = 8
"""Fewer words than this are alike by chance; so are captions, which are composed of the same few labels."""
TOLD_BY_PEOPLE = (Modality.SPEECH, Modality.SCREEN_TEXT)
SAME_TIME = 0.5


class Grouped(BaseModel):
    """`best` speaks for all segments of its `span`; `similar` are what shows the same elsewhere."""

    model_config = ConfigDict(frozen=True)

    best: Scored
    span: Span
    similar: tuple[Grouped, ...] = ()

    @property
    def video_id(self) -> str:
        return self.best.document.video_id

    @cached_property
    def told(self) -> frozenset[str]:
        """Stems of what people said or wrote there; none when that is too little to know it again by."""
        found = stems(" ".join(self.best.document.texts.get(m, "") for m in TOLD_BY_PEOPLE))
        return found if len(found) >= STEMS_MIN else frozenset()


def alone(scored: Scored) -> Grouped:
    return Grouped(best=scored, span=scored.document.span)


def join_neighbours(scored: Sequence[Scored]) -> list[Grouped]:
    """`scored` is best first, and so is the result. A moment grows from its best segment to both sides."""
    by_place = sorted(scored, key=lambda s: (s.document.video_id, s.document.span.start_s))
    places = {s.document.document_id: place for place, s in enumerate(by_place)}
    taken: set[str] = set()
    groups = []
    for best in scored:
        if best.document.document_id not in taken:
            joined = _grown(best, by_place, places[best.document.document_id], taken)
            taken.update(s.document.document_id for s in joined)
            groups.append(Grouped(best=best, span=cover(s.document.span for s in joined)))
    return groups


def _grown(best: Scored, by_place: Sequence[Scored], place: int, taken: set[str]) -> list[Scored]:
    joined, span = [best], best.document.span
    for side in (reversed(by_place[:place]), iter(by_place[place + 1 :])):
        for neighbour in _near(side, best, taken):
            wider = span.joined_with(neighbour.document.span)
            if _gap_s(span, neighbour.document.span) > GAP_MAX_S or wider.length_s > LENGTH_MAX_S:
                break
            joined.append(neighbour)
            span = wider
    return joined


def _near(side: Iterator[Scored], best: Scored, taken: set[str]) -> Iterator[Scored]:
    for other in side:
        if other.document.video_id != best.document.video_id or other.document.document_id in taken:
            return
        if other.score < SHARE_OF_BEST * best.score:
            return
        yield other


def _gap_s(one: Span, other: Span) -> float:
    return max(one.start_s, other.start_s) - min(one.end_s, other.end_s)


def collapse(groups: Sequence[Grouped], same_file: Callable[[str, str], bool], *, across_videos: bool) -> list[Grouped]:
    """Each group that shows what a better one shows moves into its `similar`. Best first, as before.

    The same is: the same time of the same file, or nearly the same words of people found by the same signals.
    """
    kept: list[tuple[Grouped, list[Grouped]]] = []
    for group in groups:
        twin = next((similar for better, similar in kept if _is_same(better, group, same_file, across_videos)), None)
        if twin is None:
            kept.append((group, []))
        else:
            twin.append(group)
    return [group.model_copy(update={"similar": tuple(similar)}) for group, similar in kept]


def _is_same(one: Grouped, other: Grouped, same_file: Callable[[str, str], bool], across_videos: bool) -> bool:
    if one.video_id != other.video_id:
        if not across_videos:
            return False
        if same_file(one.video_id, other.video_id) and _share_of_time(one.span, other.span) >= SAME_TIME:
            return True
    return set(one.best.matched) == set(other.best.matched) and _likeness(one.told, other.told) >= SAME_TEXT


def _share_of_time(one: Span, other: Span) -> float:
    shared_s = min(one.end_s, other.end_s) - max(one.start_s, other.start_s)
    return max(0.0, shared_s) / (one.joined_with(other).length_s or 1.0)


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard's: what they share, of all they have."""
    return len(one & other) / len(one | other) if one and other else 0.0
