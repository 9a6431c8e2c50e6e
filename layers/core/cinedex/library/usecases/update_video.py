"""Update the metadata of a video and the collection that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import CollectionRepository, VideoRepository
from cinedex.library.usecases.publish_video import PublishVideo


@dataclass(frozen=True)
class UpdateVideo:
    """Updates the search index, too, without computing new vectors."""

    videos: VideoRepository
    collections: CollectionRepository
    publish: PublishVideo

    def __call__(self, account_id: str, video_id: str, changes: dict[str, Any]) -> Video:
        """`changes` holds only the fields that change.

        Raises `NotFound` when the collection does not exist. Raises `Unavailable` when the search store cannot be
        reached; then nothing is changed.
        """
        collection_id = changes.get("collection_id")
        if collection_id is not None:
            self.collections.get(account_id, collection_id)
        video = self.videos.get(account_id, video_id)
        if not changes:
            return video
        self.publish(video, lambda v: v.changed(**changes))
        return self.videos.get(account_id, video_id)
