"""The retries of a function that takes a file in are used up: say so on the video."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from cinedex.kernel.errors import INTERNAL_ERROR, NotFound
from cinedex.library.domain.object_keys import parse_upload_key
from cinedex.library.domain.video import StoredMedia, UploadStatus, Video
from cinedex.library.ports.repositories import VideoRepository
from cinedex.library.usecases.register_media import is_known
from cinedex.library.usecases.update_with_retry import update_with_retry

REASON = "An internal error occurred while the file was taken in; the log has its traceback."
PASSING = frozenset(
    {
        "StaleRevision",
        "Unavailable",
        "ClientError",
        "EndpointConnectionError",
        "ConnectTimeoutError",
        "ReadTimeoutError",
        "Runtime.ExitError",
        "Sandbox.Timedout",
    }
)
"""Errors of a store that is down and of a process that was ended: the schedule takes the upload up again."""


@dataclass(frozen=True)
class FailUpload:
    """The file is not noted as known, so that its next event has it looked into again."""

    videos: VideoRepository

    def of_file(self, media: StoredMedia, error: str) -> None:
        key = parse_upload_key(media.key)
        if key is not None and error not in PASSING:
            self._edit(key.account_id, key.video_id, media)

    def of_download(self, account_id: str, video_id: str, error: str) -> None:
        if error not in PASSING:
            self._edit(account_id, video_id, None)

    def _edit(self, account_id: str, video_id: str, media: StoredMedia | None) -> None:
        with suppress(NotFound):  # deleted meanwhile
            update_with_retry(self.videos, account_id, video_id, lambda video: _failed(video, media))


def _failed(video: Video, media: StoredMedia | None) -> Video:
    settled = video.status is not UploadStatus.UPLOADING if media is None else is_known(video, media)
    return video if settled else video.rejected(INTERNAL_ERROR, REASON)
