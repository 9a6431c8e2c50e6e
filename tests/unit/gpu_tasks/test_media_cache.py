"""Media files are downloaded once, checked against the message, and evicted for newer files."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from cinedex.analysis.domain.task_message import MediaReference
from moto import mock_aws

from gpu_tasks.media_cache import MediaCache
from gpu_tasks.task_errors import MediaGone
from gpu_tasks.task_run import TaskInterrupted

BYTES_MAX = 2500


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="media")
        yield "media"


def stored(bucket: str, key: str, size_bytes: int = 1000) -> MediaReference:
    response = boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=key[:1].encode() * size_bytes)
    return MediaReference(bucket=bucket, key=key, etag=response["ETag"].strip('"'))


def ignore() -> None:
    """The download continues."""


def test_a_file_is_downloaded_once_for_all_tasks_of_a_video(bucket: str, tmp_path: Path) -> None:
    cache, media = MediaCache(tmp_path, BYTES_MAX), stored(bucket, "a b+c%20/ü.mp4")
    with cache.local_copy(media, ignore) as first:
        assert first.read_bytes() == b"a" * 1000
    boto3.client("s3").delete_object(Bucket=bucket, Key=media.key)
    with cache.local_copy(media, ignore) as second:
        assert second == first


def test_the_least_recently_used_file_is_evicted(bucket: str, tmp_path: Path) -> None:
    cache = MediaCache(tmp_path, BYTES_MAX)
    paths = []
    for key in ("a", "b", "c"):
        with cache.local_copy(stored(bucket, key), ignore) as path:
            paths.append(path)
    assert [p.exists() for p in paths] == [False, True, True]


def test_a_file_in_use_is_not_evicted(bucket: str, tmp_path: Path) -> None:
    one, other = MediaCache(tmp_path, BYTES_MAX), MediaCache(tmp_path, BYTES_MAX)
    with one.local_copy(stored(bucket, "a"), ignore) as path:
        for key in ("b", "c", "d"):
            with other.local_copy(stored(bucket, key), ignore):
                pass
        assert path.exists()


def test_a_deleted_file_fails_the_task_as_media_gone(bucket: str, tmp_path: Path) -> None:
    media = MediaReference(bucket=bucket, key="absent", etag="etag")
    with pytest.raises(MediaGone, match="deleted"), MediaCache(tmp_path, BYTES_MAX).local_copy(media, ignore):
        pass


def test_a_replaced_file_fails_the_task_as_media_gone(bucket: str, tmp_path: Path) -> None:
    media = stored(bucket, "a")
    stored(bucket, "a", size_bytes=10)
    with pytest.raises(MediaGone, match="replaced"), MediaCache(tmp_path, BYTES_MAX).local_copy(media, ignore):
        pass


def test_an_interrupted_download_leaves_no_file(bucket: str, tmp_path: Path) -> None:
    def interrupt() -> None:
        raise TaskInterrupted

    with (
        pytest.raises(TaskInterrupted),
        MediaCache(tmp_path, BYTES_MAX).local_copy(stored(bucket, "a"), interrupt),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_deleted_cache_folder_is_created_again(bucket: str, tmp_path: Path) -> None:
    cache = MediaCache(tmp_path / "cache", BYTES_MAX)
    for key in ("a", "b"):
        with cache.local_copy(stored(bucket, key), ignore) as path:
            assert path.is_file()
        path.unlink()
        path.parent.rmdir()
