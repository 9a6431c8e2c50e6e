"""Change what people say about a video: its names, its description, where it belongs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import CollectionRepository, VideoRepository
from cinedex.search.usecases.indexing.index_video import IndexVideo


@dataclass(frozen=True)
class UpdateVideo:
    """What is searchable of it is indexed anew, without new vectors."""

    videos: VideoRepository
    collections: CollectionRepository
    index: IndexVideo

    def __call__(self, account_id: str, video_id: str, changes: dict[str, Any]) -> Video:
        """`changes` holds only what is to change.

        Raises `NotFound` for a collection that is not there, and `Unavailable` when the search store is down: then
        nothing has changed.
        """
        collection_id = changes.get("collection_id")
        if collection_id is not None:
            self.collections.get(account_id, collection_id)
        video = self.videos.get(account_id, video_id)
        if not changes:
            return video
        self.index.publish(self.videos, video, lambda v: v.changed(**changes))
        return self.videos.get(account_id, video_id)
