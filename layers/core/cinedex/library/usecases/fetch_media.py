"""Download the file of a URL into the media store; a failure is stored on the video."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import BytesIO

from cinedex.kernel.errors import MediaError, NotFound
from cinedex.library.domain.expected_file import UploadedPart
from cinedex.library.domain.video import Transfer, UploadStatus, Video
from cinedex.library.ports.media_store import MediaStore
from cinedex.library.ports.multipart_uploads import MultipartUploads
from cinedex.library.ports.repositories import VideoRepository
from cinedex.library.ports.web_download import Download, ResumePoint, WebDownload
from cinedex.library.usecases.update_with_retry import update_with_retry
from cinedex.library.usecases.upload_video import content_type_of

PART_BYTES = 16 * 1024**2


@dataclass(frozen=True)
class FetchMedia:
    """Safe to repeat: nothing happens when the video no longer waits for its file.

    An interrupted fetch is resumed from the parts already uploaded: the video stores the id of the upload and the
    validator of the file. If two fetches run at once, they upload the same parts, or the newer one aborts the older.
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
        except NotFound:  # another fetch has aborted this upload, or the video was deleted
            self._delete_orphan(video)

    def _fetch(self, video: Video, url: str) -> None:
        uploaded = self._uploaded(video)
        try:
            with self._open(url, video, uploaded) as download:
                self._store(video, download, uploaded)
            self.videos.get(video.account_id, video.video_id)
        except MediaError as error:
            code, reason = error.code, error.message
            self.parts.abort(video.media.key)
            update_with_retry(self.videos, video.account_id, video.video_id, lambda v: v.rejected(code, reason))

    def _uploaded(self, video: Video) -> tuple[UploadedPart, ...]:
        """Parts of full size only; a shorter part is the last one of its upload."""
        if video.transfer is None:
            return ()
        parts = self.parts.list_parts(video.media.key, video.transfer.upload_id)
        return tuple(part for part in parts if part.size_bytes == PART_BYTES)

    def _open(self, url: str, video: Video, uploaded: tuple[UploadedPart, ...]) -> AbstractContextManager[Download]:
        if video.transfer is None or not uploaded:
            return self.web.open(url)
        return self.web.open(url, ResumePoint(start=len(uploaded) * PART_BYTES, validator=video.transfer.validator))

    def _store(self, video: Video, download: Download, uploaded: tuple[UploadedPart, ...]) -> None:
        key, kind = video.media.key, download.content_type or content_type_of(video.media.key)
        if download.start and video.transfer:
            self._upload_rest(key, video.transfer.upload_id, list(uploaded), download)
            return
        first = download.read(PART_BYTES)
        if len(first) < PART_BYTES:
            self.parts.abort(key)
            self.store.put(key, BytesIO(first), kind)
            return
        upload_id = self.parts.begin(key, kind)
        self._store_transfer(video, upload_id, download.validator)
        self._upload_rest(key, upload_id, [self.parts.upload_part(key, upload_id, 1, first)], download)

    def _upload_rest(self, key: str, upload_id: str, parts: list[UploadedPart], download: Download) -> None:
        while body := download.read(PART_BYTES):
            parts.append(self.parts.upload_part(key, upload_id, len(parts) + 1, body))
        self.parts.complete(key, upload_id, parts)

    def _store_transfer(self, video: Video, upload_id: str, validator: str | None) -> None:
        transfer = Transfer(upload_id=upload_id, validator=validator) if validator else None
        if transfer != video.transfer:
            update_with_retry(self.videos, video.account_id, video.video_id, lambda v: v.changed(transfer=transfer))

    def _delete_orphan(self, video: Video) -> None:
        if not self.videos.get_many(video.account_id, [video.video_id]):
            self.store.delete(video.media.key)  # nothing else refers to the file
