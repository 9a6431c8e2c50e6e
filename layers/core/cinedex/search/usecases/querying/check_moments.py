"""Read the videos of one page of moments, and leave out the moments that may not be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cinedex.library.domain.video import Video
from cinedex.search.domain.query.search_scope import SearchScope
from cinedex.search.domain.results.moment import RankedMoment
from cinedex.search.usecases.querying.scope_videos import ScopeVideos

Numbered = tuple[int, RankedMoment]
"""A moment with its rank."""


@dataclass
class CheckedMoments:
    """`moments` are at most a page, `rest` the unread moments after it. `gone` are videos that are not in the scope."""

    moments: list[Numbered] = field(default_factory=list)
    videos: dict[str, Video] = field(default_factory=dict)
    rest: Sequence[Numbered] = ()
    gone: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class CheckMoments:
    scope_videos: ScopeVideos

    def __call__(self, scope: SearchScope, ranked: Sequence[Numbered], limit: int) -> CheckedMoments:
        """Reads as many moments as it takes to fill the page."""
        checked = CheckedMoments(rest=ranked)
        while checked.rest and len(checked.moments) < limit:
            self._read(scope, checked, limit - len(checked.moments))
        return checked

    def _read(self, scope: SearchScope, checked: CheckedMoments, count: int) -> None:
        batch, checked.rest = checked.rest[:count], checked.rest[count:]
        video_ids = dict.fromkeys(i for _, moment in batch for i in _video_ids(moment))
        missing = [i for i in video_ids if i not in checked.videos and i not in checked.gone]
        checked.videos |= self.scope_videos(scope, missing)
        checked.gone += [i for i in missing if i not in checked.videos]
        present = ((rank, moment) for rank, moment in batch if moment.video_id in checked.videos)
        checked.moments += [(rank, _of_videos(moment, checked.videos)) for rank, moment in present]


def _video_ids(moment: RankedMoment) -> tuple[str, ...]:
    return (moment.video_id, *(similar.video_id for similar in moment.similar))


def _of_videos(moment: RankedMoment, videos: dict[str, Video]) -> RankedMoment:
    similar = tuple(s for s in moment.similar if s.video_id in videos)
    count = moment.similar_count - len(moment.similar) + len(similar)
    return moment.model_copy(update={"similar": similar, "similar_count": count})
