"""Read the videos of hits from the library, which decides whether a hit may be shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import VideoRepository
from cinedex.search.domain.query.search_scope import SearchScope


@dataclass(frozen=True)
class ScopeVideos:
    """The index may still have a video that was deleted, moved or started again in the meantime."""

    videos: VideoRepository

    def __call__(self, scope: SearchScope, video_ids: Iterable[str]) -> dict[str, Video]:
        """Those of the videos that exist and are in the scope, in one batch; unknown ids are left out."""
        unique = tuple(dict.fromkeys(video_ids))
        stored = self.videos.get_many(scope.account_id, unique) if unique else ()
        return {video.video_id: video for video in stored if scope.part_of(video) is not None}
