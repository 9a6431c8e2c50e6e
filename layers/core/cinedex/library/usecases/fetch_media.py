"""Bring the file behind a URL into the store; if that fails, the video says why."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import BytesIO

from cinedex.kernel.errors import MediaError, NotFound
from cinedex.library.domain.video import Transfer, UploadStatus, Video
from cinedex.library.ports.media_store import MediaStore
from cinedex.library.ports.multipart_uploads import MultipartUploads, UploadedPart
from cinedex.library.ports.repositories import VideoRepository
from cinedex.library.ports.web_download import Download, ResumePoint, WebDownload
from cinedex.library.usecases.update_with_retry import update_with_retry
from cinedex.library.usecases.upload_video import content_type_of

PART_BYTES = 16 * 1024**2


@dataclass(frozen=True)
class FetchMedia:
    """Safe to repeat: a fetch of a video that is no longer waiting for its file does nothing.

    One that dies in the middle is gone on with: the video knows the upload and what names the file's bytes.
    Two at a time send the same parts of the same upload, or the later one drops what the earlier one has sent
    and the earlier one leaves.
    """

    videos: VideoRepository
    store: MediaStore
    parts: MultipartUploads
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
        except NotFound:  # another took over, or the video was deleted meanwhile
            self._leave(video)

    def _fetch(self, video: Video, url: str) -> None:
        sent = self._sent(video)
        try:
            with self._open(url, video, sent) as download:
                self._store(video, download, sent)
            self.videos.get(video.account_id, video.video_id)
        except MediaError as error:
            code, reason = error.code, error.message
            self.parts.abort(video.media.key)
            update_with_retry(self.videos, video.account_id, video.video_id, lambda v: v.rejected(code, reason))

    def _sent(self, video: Video) -> tuple[UploadedPart, ...]:
        """Whole parts only: behind a shorter one there is no more to come."""
        if video.transfer is None:
            return ()
        found = self.parts.list_parts(video.media.key, video.transfer.upload_id)
        return tuple(part for part in found if part.size_bytes == PART_BYTES)

    def _open(self, url: str, video: Video, sent: tuple[UploadedPart, ...]) -> AbstractContextManager[Download]:
        if video.transfer is None or not sent:
            return self.web.open(url)
        return self.web.open(url, ResumePoint(start=len(sent) * PART_BYTES, validator=video.transfer.validator))

    def _store(self, video: Video, download: Download, sent: tuple[UploadedPart, ...]) -> None:
        key, kind = video.media.key, download.content_type or content_type_of(video.media.key)
        if download.start and video.transfer:
            self._send(key, video.transfer.upload_id, list(sent), download)
            return
        first = download.read(PART_BYTES)
        if len(first) < PART_BYTES:
            self.parts.abort(key)
            self.store.put(key, BytesIO(first), kind)
            return
        upload_id = self.parts.begin(key, kind)
        self._remember(video, upload_id, download.validator)
        self._send(key, upload_id, [self.parts.upload_part(key, upload_id, 1, first)], download)

    def _send(self, key: str, upload_id: str, sent: list[UploadedPart], download: Download) -> None:
        while body := download.read(PART_BYTES):
            sent.append(self.parts.upload_part(key, upload_id, len(sent) + 1, body))
        self.parts.complete(key, upload_id, sent)

    def _remember(self, video: Video, upload_id: str, validator: str | None) -> None:
        transfer = Transfer(upload_id=upload_id, validator=validator) if validator else None
        if transfer != video.transfer:
            update_with_retry(self.videos, video.account_id, video.video_id, lambda v: v.changed(transfer=transfer))

    def _leave(self, video: Video) -> None:
        if not self.videos.get_many(video.account_id, [video.video_id]):
            self.store.delete(video.media.key)  # nobody would ever remove the file
