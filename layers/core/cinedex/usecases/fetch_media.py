"""Bring the file behind a URL into the store; if that fails, the video says why."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.domain.errors import MediaError, NotFound
from cinedex.domain.video import UploadStatus, Video
from cinedex.ports.library import VideoRepository
from cinedex.ports.media_store import MediaStore
from cinedex.ports.web_download import WebDownload
from cinedex.usecases.edit_video import edit_video
from cinedex.usecases.upload_video import content_type_of


@dataclass(frozen=True)
class FetchMedia:
    """Safe to repeat: a fetch of a video that is no longer waiting for its file does nothing."""

    videos: VideoRepository
    store: MediaStore
    web: WebDownload

    def __call__(self, account_id: str, video_id: str, url: str) -> None:
        try:
            video = self.videos.get(account_id, video_id)
        except NotFound:
            return
        if video.status is not UploadStatus.UPLOADING or self.store.find(video.media.key) is not None:
            return
        try:
            self._fetch(video, url)
        except NotFound:
            self.store.delete(video.media.key)  # deleted meanwhile: nobody would ever remove the file

    def _fetch(self, video: Video, url: str) -> None:
        try:
            with self.web.open(url) as download:
                kind = download.content_type or content_type_of(video.media.key)
                self.store.put_stream(video.media.key, download.chunks, kind)
            self.videos.get(video.account_id, video.video_id)
        except MediaError as error:
            code, reason = error.code, error.message
            edit_video(self.videos, video.account_id, video.video_id, lambda v: v.rejected(code, reason))
