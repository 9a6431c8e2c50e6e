"""Upload a new video: as a file, from a URL, or with a presigned upload to the media store."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field

from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import ImpossibleValue, InvalidInput
from cinedex.kernel.ids import new_id
from cinedex.library.domain.expected_file import ExpectedFile, parse_sha256
from cinedex.library.domain.object_keys import UploadKey, safe_filename
from cinedex.library.domain.source_url import public_url
from cinedex.library.domain.user_metadata import UserMetadata
from cinedex.library.domain.video import StoredMedia, UploadStatus, Video
from cinedex.library.ports.media_fetcher import MediaFetcher
from cinedex.library.ports.media_store import MediaStore, PresignedUpload, ReadableFile
from cinedex.library.ports.repositories import CollectionRepository, VideoRepository

UPLOAD_BYTES_MAX = 5 * 1024**4  # the largest object S3 stores
CHECKSUM_BYTES_MAX = 4 * 1024**3  # what the function that compares it can read beside its probe


PrepareVideo = Callable[[Video, ExitStack], object]
"""Stores what belongs to a new video; what removes it if the upload fails is added to the stack."""


def without_preparation(_video: Video, _on_failure: ExitStack) -> None:
    """Of a video that comes with nothing but its file."""


class VideoDetails(BaseModel):
    """Optional metadata that comes with an upload."""

    model_config = ConfigDict(frozen=True)

    name: str | None = None
    title: str | None = None
    description: str | None = None
    collection_id: str | None = None
    recorded_at: datetime | None = None
    user_metadata: UserMetadata = Field(default_factory=dict)


@dataclass(frozen=True)
class UploadVideo:
    """Stores the video as `uploading` before its file, so that every file belongs to a video."""

    videos: VideoRepository
    collections: CollectionRepository
    store: MediaStore
    fetcher: MediaFetcher
    clock: Clock

    def from_file(
        self,
        account_id: str,
        details: VideoDetails,
        filename: str,
        body: ReadableFile,
        prepare: PrepareVideo = without_preparation,
    ) -> Video:
        """A file that is not stored, for instance on a full disk, leaves no video behind."""
        video = self._video(account_id, details, filename)
        self._add(video, prepare, lambda: self.store.put(video.media.key, body, content_type_of(filename)))
        return video

    def from_url(
        self, account_id: str, details: VideoDetails, url: str, prepare: PrepareVideo = without_preparation
    ) -> Video:
        """Starts the download in the background; a failure of the download is stored on the video."""
        url = _require_web_url(url)
        video = self._video(account_id, details, unquote(urlsplit(public_url(url) or "").path), source=url)
        self._add(video, prepare, lambda: self.fetcher.request_fetch(account_id, video.video_id, url))
        return video

    def _add(self, video: Video, prepare: PrepareVideo, store_file: Callable[[], object]) -> None:
        added = self.videos.add(video)
        with ExitStack() as failed:
            failed.callback(self.videos.delete, video.account_id, video.video_id)
            prepare(added, failed)
            store_file()
            failed.pop_all()

    def create_presigned_upload(
        self,
        account_id: str,
        details: VideoDetails,
        filename: str,
        size_bytes: int,
        checksum_sha256: str | None = None,
    ) -> tuple[Video, PresignedUpload]:
        """The video keeps the announced size and checksum, to which its file is compared."""
        if not 0 < size_bytes <= UPLOAD_BYTES_MAX:
            raise ImpossibleValue(f"size_bytes must lie between 1 and {UPLOAD_BYTES_MAX}.", field="size_bytes")
        checksum = _require_checksum(checksum_sha256, size_bytes)
        video = self._video(account_id, details, filename)
        upload = self.store.presigned_upload(video.media.key, size_bytes, content_type_of(filename), checksum)
        expected = ExpectedFile(
            size_bytes=size_bytes,
            checksum_sha256=checksum,
            part_size_bytes=upload.part_size_bytes,
            upload_id=upload.upload_id,
        )
        return self.videos.add(video.changed(expected=expected)), upload

    def sign_again(self, account_id: str, video_id: str) -> PresignedUpload | None:
        """New URLs for a presigned upload that waits for its file; None for every other video, and for none."""
        video = next(iter(self.videos.get_many(account_id, [video_id])), None)
        if video is None or video.expected is None or video.status is UploadStatus.UPLOADED:
            return None
        key, expected = video.media.key, video.expected
        checksum = None if expected.upload_id else expected.checksum_sha256
        return self.store.presigned_upload(
            key, expected.size_bytes, content_type_of(key), checksum, upload_id=expected.upload_id
        )

    def _video(self, account_id: str, details: VideoDetails, filename: str, source: str | None = None) -> Video:
        collection_id = details.collection_id or None
        if collection_id is not None:
            self.collections.get(account_id, collection_id)
        video_id, filename = new_id(), safe_filename(filename)
        key = str(UploadKey(account_id=account_id, video_id=video_id, filename=filename))
        return Video(
            video_id=video_id,
            account_id=account_id,
            media=StoredMedia(bucket=self.store.bucket, key=key),
            created_at=self.clock.now(),
            name=details.name or filename,
            title=details.title,
            description=details.description,
            source=source,
            collection_id=collection_id,
            recorded_at=details.recorded_at,
            user_metadata=details.user_metadata,
        )


def content_type_of(filename: str) -> str:
    return mimetypes.guess_type(filename)[0] or "application/octet-stream"


def _require_checksum(checksum_sha256: str | None, size_bytes: int) -> str | None:
    if checksum_sha256 is not None and size_bytes > CHECKSUM_BYTES_MAX:
        raise ImpossibleValue(
            f"checksum_sha256 is compared up to {CHECKSUM_BYTES_MAX} bytes; omit it for a larger file.",
            field="checksum_sha256",
        )
    return None if checksum_sha256 is None else parse_sha256(checksum_sha256)


def _require_web_url(url: str) -> str:
    if not url.strip():
        raise InvalidInput("The URL is empty.", field="url")
    if not _is_web_url(url.strip()):
        raise ImpossibleValue("The URL must be an http or https URL.", field="url")
    return url.strip()


def _is_web_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and public_url(url) is not None
        return parts.scheme in ("http", "https") and has_host and parts.port != 0
    except ValueError:  # an unclosed bracket, or a port that is not a number
        return False
