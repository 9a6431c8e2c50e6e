"""Media files on the worker's disk: downloaded once for all tasks of a video, the oldest removed first."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import boto3
from botocore.exceptions import ClientError
from cinedex.analysis.domain.task_message import MediaReference

from gpu_tasks.task_errors import MediaGone

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

CHUNK_BYTES = 1024 * 1024
GONE = ("NoSuchKey", "NoSuchBucket", "404", "PreconditionFailed")


@dataclass(frozen=True)
class _CachedFile:
    path: Path
    size_bytes: int
    used_at: float


class MediaCache:
    """Files are named after the bytes they hold, so several workers may share one folder.

    A file in use is locked by its user and never removed; locks vanish with the process that holds them.
    """

    def __init__(self, folder: Path, bytes_max: int) -> None:
        self._folder = folder
        self._bytes_max = bytes_max
        self._client: S3Client = boto3.client("s3")

    @contextmanager
    def holding(self, media: MediaReference, on_chunk: Callable[[], None]) -> Iterator[Path]:
        """The file, which stays on the disk inside the block.

        `on_chunk` is called while the download goes on and may raise to end it. Raises `MediaGone` when the
        object was deleted or replaced by other bytes.
        """
        path = self._folder / _name(media)
        with self._opened(path, media, on_chunk) as file:
            os.utime(file.fileno())
            yield path

    def _opened(self, path: Path, media: MediaReference, on_chunk: Callable[[], None]) -> BinaryIO:
        """The locked file; another worker may remove it between its download and its lock."""
        while True:
            if not path.exists():
                self._download(media, path, on_chunk)
            with suppress(FileNotFoundError):
                file = path.open("rb")
                fcntl.flock(file, fcntl.LOCK_SH)
                if path.exists():
                    return file
                file.close()

    def _download(self, media: MediaReference, path: Path, on_chunk: Callable[[], None]) -> None:
        answer = self._get(media)
        self._folder.mkdir(parents=True, exist_ok=True)  # systems sweep their temporary folders
        self._make_room(answer["ContentLength"])
        partial = path.with_suffix(f".partial-{os.getpid()}")
        try:
            with partial.open("wb") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                for chunk in answer["Body"].iter_chunks(CHUNK_BYTES):
                    file.write(chunk)
                    on_chunk()
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    def _get(self, media: MediaReference) -> GetObjectOutputTypeDef:
        try:
            answer = self._client.get_object(Bucket=media.bucket, Key=media.key)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in GONE:
                raise MediaGone("The media file was deleted while the analysis ran.") from error
            raise
        if media.etag.strip('"') not in ("", answer["ETag"].strip('"')):
            raise MediaGone("The media file was replaced while the analysis ran.")
        return answer

    def _make_room(self, bytes_needed: int) -> None:
        files = sorted(self._files(), key=lambda f: f.used_at)
        excess = sum(f.size_bytes for f in files) + bytes_needed - self._bytes_max
        for file in files:
            if excess <= 0:
                return
            excess -= _remove_unused(file.path)

    def _files(self) -> Iterator[_CachedFile]:
        for path in self._folder.iterdir():
            with suppress(FileNotFoundError):
                stat = path.stat()
                yield _CachedFile(path, stat.st_size, stat.st_mtime)


def _name(media: MediaReference) -> str:
    identity = f"{media.bucket}\n{media.key}\n{media.etag}"
    return hashlib.sha256(identity.encode()).hexdigest()[:32] + ".media"


def _remove_unused(path: Path) -> int:
    """The bytes that were freed; 0 when somebody uses the file or it is gone."""
    with suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        size_bytes = os.fstat(file.fileno()).st_size
        path.unlink()
        return size_bytes
    return 0
