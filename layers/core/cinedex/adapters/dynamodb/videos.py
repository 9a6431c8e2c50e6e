"""Videos of an account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.repository import Entity, Repository
from cinedex.kernel.errors import VideoNotFound
from cinedex.library.domain.video import UploadStatus, Video


def _unfinished_since(video: Video) -> datetime | None:
    return video.created_at if video.status is UploadStatus.UPLOADING or video.in_flight else None


VIDEO = Entity(Video, keys.VIDEO, VideoNotFound, revision="revision", since=_unfinished_since)


class StoredVideos:
    """`VideoRepository` and `UnfinishedVideos`."""

    def __init__(self, videos: Repository[Video]) -> None:
        self._videos = videos

    def add(self, video: Video) -> Video:
        return self._videos.create(video.changed(revision=1))

    def get(self, account_id: str, video_id: str) -> Video:
        return self._videos.get(keys.video(account_id, video_id))

    def save(self, video: Video) -> Video:
        return self._videos.replace(video)

    def list(self, account_id: str) -> Sequence[Video]:
        return self._videos.list(keys.account(account_id))

    def get_many(self, account_id: str, video_ids: Sequence[str]) -> Sequence[Video]:
        return self._videos.get_many([keys.video(account_id, video_id) for video_id in video_ids])

    def delete(self, account_id: str, video_id: str) -> None:
        self._videos.delete(keys.video(account_id, video_id))

    def list_uploading(self) -> Sequence[Video]:
        return [v for v in self._videos.list_unfinished() if v.status is UploadStatus.UPLOADING]

    def list_in_flight(self) -> Sequence[Video]:
        return [v for v in self._videos.list_unfinished() if v.in_flight]
