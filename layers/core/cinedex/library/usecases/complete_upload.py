"""Complete a presigned upload: only a file that is whole is accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.kernel.errors import ImpossibleValue, InvalidInput, StateConflict
from cinedex.library.domain.expected_file import require_consecutive
from cinedex.library.domain.video import StoredMedia, UploadStatus, Video
from cinedex.library.ports.media_store import MediaStore
from cinedex.library.ports.repositories import VideoRepository
from cinedex.library.usecases.register_media import checksum_fault
from cinedex.library.usecases.update_with_retry import update_with_retry

Parts = Sequence[tuple[int, str]]


@dataclass(frozen=True)
class CompleteUpload:
    """Safe to repeat. Videos of earlier versions have no expected file; their size is not compared."""

    videos: VideoRepository
    store: MediaStore

    def __call__(self, account_id: str, video_id: str, upload_id: str | None, parts: Parts) -> Video:
        """Raises `StateConflict` for an incomplete file, and names what is missing."""
        video = self.videos.get(account_id, video_id)
        _require_own_upload(video, upload_id)
        if video.status is UploadStatus.UPLOADED:
            return video
        failed = video.status is UploadStatus.FAILED
        if failed and not _can_be_sent_again(video):
            raise StateConflict(f"The upload has failed: {video.error}")
        stored = self.store.find(video.media.key) or self._join(video, upload_id, parts)
        self._require_whole(video, stored)
        return update_with_retry(self.videos, account_id, video_id, Video.sent_again) if failed else video

    def _join(self, video: Video, upload_id: str | None, parts: Parts) -> StoredMedia:
        """Another request may complete the same upload at the same time: then its parts are gone, and its file is
        there.
        """
        key = video.media.key
        try:
            self._join_parts(video, upload_id, parts)
        except (InvalidInput, StateConflict):
            joined = self.store.find(key)
            if joined is None:
                raise
            return joined
        stored = self.store.find(key)
        if stored is None:
            raise StateConflict("The file was deleted while the upload was completed.")
        return stored

    def _join_parts(self, video: Video, upload_id: str | None, parts: Parts) -> None:
        expected = video.expected
        upload_id = upload_id or (expected.upload_id if expected else None)
        if upload_id is None:
            raise StateConflict("No file has arrived for this video yet.")
        if expected is None or expected.upload_id is None:
            require_consecutive(parts)
        else:
            expected.require_parts(parts, self.store.uploaded_parts(video.media.key, upload_id))
        self.store.complete_upload(video.media.key, upload_id, parts)

    def _require_whole(self, video: Video, stored: StoredMedia) -> None:
        """The checksum of a file in parts is compared when the file is probed: reading it may take minutes."""
        if video.expected is None:
            return
        video.expected.require_size(stored.size_bytes)
        fault = None if video.expected.upload_id else checksum_fault(self.store, video.expected, stored)
        if fault is not None:
            raise StateConflict(fault.message, field="checksum_sha256")


def _require_own_upload(video: Video, upload_id: str | None) -> None:
    """Also of an upload that is complete already: the client may have exchanged two of its videos."""
    expected = video.expected
    if upload_id is None or expected is None or upload_id == expected.upload_id:
        return
    if expected.upload_id is None:
        raise ImpossibleValue("The file of this video is sent with one PUT; omit upload_id.", field="upload_id")
    raise ImpossibleValue(
        "upload_id is not that of this video's upload, which POST /v2/videos/uploads returned.", field="upload_id"
    )


def _can_be_sent_again(video: Video) -> bool:
    """The URL of an upload in one part accepts another file; the parts of a joined upload are gone."""
    in_parts = video.expected is not None and video.expected.upload_id is not None
    return video.error_code in ("incomplete_upload", "checksum_mismatch") and not in_parts
