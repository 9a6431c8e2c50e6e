"""The part of a library that the tools of one turn can access."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.answers.domain.agent import AgentTask
from cinedex.kernel.errors import NotFound
from cinedex.kernel.span import Span
from cinedex.library.domain.feature import CATALOG, Feature
from cinedex.library.domain.video import Video
from cinedex.search.domain.query.search_scope import SearchFilter, SearchScope
from cinedex.search.usecases.querying.resolve_scope import ResolveScope

ANY_FEATURE = tuple(CATALOG)


@dataclass(frozen=True)
class ScopedLibrary:
    account_id: str
    scope: SearchScope

    def video(self, video_id: str) -> Video:
        """Raises `NotFound`, with one message for unknown videos, those out of scope and those of other accounts."""
        video = self.scope.videos.get(video_id)
        if video is None:
            raise NotFound(f"Video {video_id[:64]!r} is not in scope.", field="video_id")
        return video

    def part(self, video: Video) -> Span:
        """The part of the video in scope."""
        return self.scope.windows.get(video.video_id, video.whole).clipped_to(video.whole)

    def narrowed_to(self, video_ids: Sequence[str] | None) -> SearchScope:
        """Raises `NotFound` when one of them is not in scope."""
        if video_ids is None:
            return self.scope
        return SearchScope({video.video_id: video for video in map(self.video, video_ids)}, self.scope.windows)


def scoped_library(
    task: AgentTask, resolve_scope: ResolveScope, any_of: tuple[Feature, ...] = ANY_FEATURE
) -> ScopedLibrary:
    """Every video in the scope of the task that has one of the features `any_of` ready."""
    requested = SearchFilter(video_ids=task.scope.video_ids, collection_ids=task.scope.collection_ids)
    scope = resolve_scope(task.account_id, requested, any_of)
    windows = {v: window for v, window in task.scope.windows.items() if v in scope.videos}
    return ScopedLibrary(task.account_id, SearchScope(scope.videos, {**scope.windows, **windows}))
