"""Store on a video that the function which receives its file has failed and used up its retries."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from cinedex.kernel.errors import INTERNAL_ERROR, NotFound
from cinedex.library.domain.object_keys import parse_upload_key
from cinedex.library.domain.video import StoredMedia, UploadStatus, Video
from cinedex.library.ports.repositories import VideoRepository
from cinedex.library.usecases.register_media import is_known
from cinedex.library.usecases.update_with_retry import update_with_retry

REASON = "An internal error occurred while the file was received; the log has its traceback."
TRANSIENT_ERRORS = frozenset(
    {
        "StaleRevision",
        "Unavailable",
        "StoreUnavailable",
        "ClientError",
        "EndpointConnectionError",
        "ConnectTimeoutError",
        "ReadTimeoutError",
        "ConnectionClosedError",
        "Runtime.ExitError",
        "Sandbox.Timedout",
    }
)
"""Errors of an unreachable store or an ended process, after which the schedule resumes the upload."""


@dataclass(frozen=True)
class FailUpload:
    """The file is not stored as known, so that its next event has it probed again."""

    videos: VideoRepository

    def of_file(self, media: StoredMedia, error: str) -> None:
        key = parse_upload_key(media.key)
        if key is not None and error not in TRANSIENT_ERRORS:
            self._edit(key.account_id, key.video_id, media)

    def of_download(self, account_id: str, video_id: str, error: str) -> None:
        if error not in TRANSIENT_ERRORS:
            self._edit(account_id, video_id, None)

    def _edit(self, account_id: str, video_id: str, media: StoredMedia | None) -> None:
        with suppress(NotFound):  # deleted meanwhile
            update_with_retry(self.videos, account_id, video_id, lambda video: _failed(video, media))


def _failed(video: Video, media: StoredMedia | None) -> Video:
    settled = video.status is not UploadStatus.UPLOADING if media is None else is_known(video, media)
    return video if settled else video.rejected(INTERNAL_ERROR, REASON)
