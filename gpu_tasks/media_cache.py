"""Media files on the disk of the worker: one download for all tasks of a video, least recently used files evicted."""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import boto3
from botocore.exceptions import ClientError
from cinedex.adapters.time_limits import aws_config
from cinedex.analysis.domain.task_message import MediaReference

from gpu_tasks.task_errors import MediaGone

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

BLOCK_BYTES = 1024 * 1024
READ_TIMEOUT_S = 60.0
GONE = ("NoSuchKey", "NoSuchBucket", "404", "PreconditionFailed")


@dataclass(frozen=True)
class _CachedFile:
    path: Path
    size_bytes: int
    used_at: float


class MediaCache:
    """File names are hashes of the object and its version, so that several workers can share one folder.

    A worker locks the file that it uses, and a locked file is not evicted. A lock ends with its process. Two tasks of
    one worker download a file once.
    """

    def __init__(self, folder: Path, bytes_max: int) -> None:
        self._folder = folder
        self._bytes_max = bytes_max
        self._downloads = [threading.Lock() for _ in range(16)]  # by the first digit of the file name
        self._client: S3Client = boto3.client("s3", config=aws_config(read_timeout_s=READ_TIMEOUT_S))

    @contextmanager
    def local_copy(self, media: MediaReference, checkpoint: Callable[[], None]) -> Iterator[Path]:
        """The path of the file, which is not evicted inside the block.

        `checkpoint` is called during the download and may raise to interrupt it. Raises `MediaGone` when the object
        was deleted or replaced.
        """
        path = self._folder / _name(media)
        with self._open_locked(path, media, checkpoint) as file:
            os.utime(file.fileno())
            yield path

    def _open_locked(self, path: Path, media: MediaReference, checkpoint: Callable[[], None]) -> BinaryIO:
        """The file with a shared lock. Downloads it again if another worker evicts it before the lock is taken."""
        while True:
            with self._downloads[int(path.name[0], 16)]:
                if not path.exists():
                    self._download(media, path, checkpoint)
            with suppress(FileNotFoundError):
                file = path.open("rb")
                fcntl.flock(file, fcntl.LOCK_SH)
                if path.exists():
                    return file
                file.close()

    def _download(self, media: MediaReference, path: Path, checkpoint: Callable[[], None]) -> None:
        response = self._get(media)
        self._folder.mkdir(parents=True, exist_ok=True)  # the system may delete temporary folders
        self._evict(response["ContentLength"])
        partial = path.with_suffix(f".partial-{os.getpid()}-{threading.get_ident()}")
        try:
            with partial.open("wb") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                for block in response["Body"].iter_chunks(BLOCK_BYTES):
                    file.write(block)
                    checkpoint()
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    def _get(self, media: MediaReference) -> GetObjectOutputTypeDef:
        try:
            response = self._client.get_object(Bucket=media.bucket, Key=media.key)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in GONE:
                raise MediaGone("The media file was deleted during the analysis.") from error
            raise
        if media.etag.strip('"') not in ("", response["ETag"].strip('"')):
            raise MediaGone("The media file was replaced during the analysis.")
        return response

    def _evict(self, bytes_needed: int) -> None:
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
    """The number of freed bytes; 0 when a worker uses the file or another one has removed it."""
    with suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        size_bytes = os.fstat(file.fileno()).st_size
        path.unlink()
        return size_bytes
    return 0
