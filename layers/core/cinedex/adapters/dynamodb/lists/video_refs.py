"""The items that list a video: by its status, by its name, and in its collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.lists.counts import Counts
from cinedex.adapters.dynamodb.repository import Entity, Repository
from cinedex.library.domain.folded_name import folded_name
from cinedex.library.domain.video import UploadStatus, Video

ALL = "videos"


class VideoRef(BaseModel):
    """A video in one list; of the last three fields, it has the one that the list is about."""

    model_config = ConfigDict(frozen=True)

    account_id: str
    video_id: str
    status: UploadStatus | None = None
    folded_name: str | None = None
    collection_id: str | None = None


class VideoList(StrEnum):
    BY_STATUS = "status"
    BY_NAME = "name"
    OF_COLLECTION = "collection"


ENTITIES = {
    VideoList.BY_STATUS: Entity(VideoRef, keys.VIDEO_BY_STATUS),
    VideoList.BY_NAME: Entity(VideoRef, keys.VIDEO_BY_NAME),
    VideoList.OF_COLLECTION: Entity(VideoRef, keys.VIDEO_OF_COLLECTION),
}


def count_of(status: UploadStatus | None = None, collection_id: str | None = None) -> str:
    """The name of the count of all videos, of those with a status, or of those in a collection."""
    if collection_id is not None:
        return f"{VideoList.OF_COLLECTION.value}-{collection_id}"
    return ALL if status is None else f"{VideoList.BY_STATUS.value}-{status.value}"


def refs_of(video: Video) -> Mapping[VideoList, VideoRef]:
    ref = VideoRef(account_id=video.account_id, video_id=video.video_id)
    refs = {
        VideoList.BY_STATUS: ref.model_copy(update={"status": video.status}),
        VideoList.BY_NAME: ref.model_copy(update={"folded_name": folded_name(video.name or "")}),
    }
    if video.collection_id:
        refs[VideoList.OF_COLLECTION] = ref.model_copy(update={"collection_id": video.collection_id})
    return refs


@dataclass(frozen=True)
class VideoRefs:
    """Writes for the transaction that stores a video. Every ref and every count agrees with the stored video."""

    repositories: Mapping[VideoList, Repository[VideoRef]]
    counts: Counts

    def additions(self, video: Video) -> Sequence[Any]:
        return self._writes({}, refs_of(video), [self._addition(video, ALL, 1)])

    def removals(self, video: Video) -> Sequence[Any]:
        return self._writes(refs_of(video), {}, [self._addition(video, ALL, -1)])

    def changes(self, before: Video, after: Video) -> Sequence[Any]:
        return self._writes(refs_of(before), refs_of(after), [])

    def has(self, video: Video) -> bool:
        """False for a video that a version without lists has stored."""
        by_status = self.repositories[VideoList.BY_STATUS]
        return by_status.find(by_status.entity.key(refs_of(video)[VideoList.BY_STATUS])) is not None

    def _writes(
        self, before: Mapping[VideoList, VideoRef], after: Mapping[VideoList, VideoRef], writes: list[Any]
    ) -> Sequence[Any]:
        for kind, repository in self.repositories.items():
            old, new = before.get(kind), after.get(kind)
            if old == new:
                continue
            if old is not None:
                writes += [repository.deletion(old), *self._count(kind, old, -1)]
            if new is not None:
                writes += [repository.creation(new), *self._count(kind, new, 1)]
        return writes

    def _count(self, kind: VideoList, ref: VideoRef, by: int) -> Sequence[Any]:
        return [] if kind is VideoList.BY_NAME else [self._addition(ref, count_of(ref.status, ref.collection_id), by)]

    def _addition(self, of: Video | VideoRef, list_name: str, by: int) -> Any:
        return self.counts.addition(of.account_id, list_name, of.video_id, by)
