"""Read videos: one, several, or all of an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.library.domain.video import UploadStatus, Video
from cinedex.library.ports.media_store import MediaStore
from cinedex.library.ports.repositories import VideoRepository


@dataclass(frozen=True)
class ReadVideos:
    videos: VideoRepository
    store: MediaStore

    def get(self, account_id: str, video_id: str) -> Video:
        """Raises `NotFound`."""
        return self.videos.get(account_id, video_id)

    def list(self, account_id: str, video_ids: Sequence[str] | None) -> Sequence[Video]:
        """Newest first; given ids, those of them that exist, in the order given."""
        if video_ids:
            return self.videos.get_many(account_id, video_ids)
        return self.videos.list(account_id)

    def url_of(self, video: Video) -> str | None:
        """A download URL that expires after hours; None until the file is uploaded."""
        return self.store.download_url(video.media) if video.status is UploadStatus.UPLOADED else None
