"""Media files are downloaded once, checked against the message, and evicted for newer files."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError
from cinedex.analysis.domain.task_message import MediaReference

from gpu_tasks import media_cache
from gpu_tasks.media_cache import MediaCache
from gpu_tasks.task_errors import MediaGone
from gpu_tasks.task_run import TaskInterrupted
from tests.support.aws import new_bucket

BYTES_MAX = 2500


@pytest.fixture
def bucket(mocked_aws: None) -> str:
    return new_bucket()


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


def test_two_tasks_at_the_same_time_download_a_file_once(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, media = MediaCache(tmp_path, BYTES_MAX), stored(bucket, "a")
    begun, waits, requested = threading.Barrier(2, timeout=30), threading.Event(), list[str]()
    get = cache._get
    monkeypatch.setattr(cache, "_get", lambda m: (requested.append(m.key), waits.wait(0.2), get(m))[2])

    def path_of_copy(_: int) -> Path:
        begun.wait()
        with cache.local_copy(media, ignore) as path:
            return path

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(path_of_copy, range(2))
    assert (first, requested) == (second, ["a"])


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


def test_files_that_fit_exactly_are_all_kept(bucket: str, tmp_path: Path) -> None:
    cache = MediaCache(tmp_path, 2000)
    for key in ("a", "b"):
        with cache.local_copy(stored(bucket, key), ignore):
            pass
    assert sorted(path.read_bytes()[:1] for path in tmp_path.iterdir()) == [b"a", b"b"]


def test_only_as_many_files_are_evicted_as_the_new_one_needs(bucket: str, tmp_path: Path) -> None:
    cache = MediaCache(tmp_path, 3000)
    for key in ("a", "b", "c", "d"):
        with cache.local_copy(stored(bucket, key), ignore):
            pass
    assert sorted(path.read_bytes()[:1] for path in tmp_path.iterdir()) == [b"b", b"c", b"d"]


def test_a_download_can_be_interrupted_after_each_mebibyte(bucket: str, tmp_path: Path) -> None:
    blocks = list[int]()
    media = stored(bucket, "a", size_bytes=3 * 1024 * 1024)

    with MediaCache(tmp_path, 10**7).local_copy(media, lambda: blocks.append(1)) as path:
        assert path.stat().st_size == 3 * 1024 * 1024
    assert (len(blocks), media_cache.BLOCK_BYTES) == (3, 1024 * 1024)


@pytest.mark.parametrize("code", ["NoSuchKey", "NoSuchBucket", "404", "PreconditionFailed"])
def test_what_s3_says_of_a_file_that_is_gone_fails_the_task(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    with pytest.raises(MediaGone):
        fetched(tmp_path, monkeypatch, code)


@pytest.mark.parametrize("code", ["AccessDenied", "SlowDown", "InternalError", "500"])
def test_any_other_error_of_s3_is_raised_as_it_is(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    with pytest.raises(ClientError, match=code):
        fetched(tmp_path, monkeypatch, code)


def fetched(folder: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    cache = MediaCache(folder, BYTES_MAX)

    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": code}}, "GetObject")

    monkeypatch.setattr(cache._client, "get_object", refuse)
    with cache.local_copy(MediaReference(bucket="media", key="a", etag="etag"), ignore):
        pass


def test_a_media_file_has_a_minute_for_each_read(bucket: str, tmp_path: Path) -> None:
    assert MediaCache(tmp_path, BYTES_MAX)._client.meta.config.read_timeout == 60


def test_a_message_without_an_etag_accepts_any_version(bucket: str, tmp_path: Path) -> None:
    media = stored(bucket, "a").model_copy(update={"etag": ""})
    with MediaCache(tmp_path, BYTES_MAX).local_copy(media, ignore) as path:
        assert path.stat().st_size == 1000


def test_every_first_digit_of_a_file_name_has_a_lock(tmp_path: Path, bucket: str) -> None:
    cache = MediaCache(tmp_path, BYTES_MAX)
    assert [bool(cache._downloads[int(digit, 16)]) for digit in "0123456789abcdef"] == [True] * 16
    assert len(cache._downloads) == 16
