"""`ModelSource`: a hub, a folder and S3 list the same files and send the same bytes, from any of them on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectionClosedError, IncompleteReadError, ReadTimeoutError, ResponseStreamingError
from cinedex.kernel.retry import RetryPolicy

from gpu_tasks.model_store.hub_source import HubSource
from gpu_tasks.model_store.manifest import Manifest, ModelSource, PullFailed, RangeIgnored, RemoteFile, data_files
from gpu_tasks.model_store.pull import Pull
from gpu_tasks.model_store.s3_source import S3Source
from tests.contract.model_store.conftest import FILES, REPOSITORY, REVISION, WEIGHTS, Hub

MODEL = RemoteFile("model.bin", len(WEIGHTS))


def test_every_file_is_listed_with_its_size(source: ModelSource) -> None:
    assert {file.name: file.size_bytes for file in source.list_files()} == {
        name.rpartition("/")[2]: len(data) for name, data in FILES.items()
    }


@pytest.mark.parametrize("start", [0, 1000])
def test_a_file_is_sent_from_any_byte(source: ModelSource, start: int) -> None:
    assert b"".join(source.read(MODEL, start)) == WEIGHTS[start:]


def test_a_file_that_is_missing_is_named(source: ModelSource) -> None:
    with pytest.raises(PullFailed, match=r"vocabulary\.txt"):
        list(source.read(RemoteFile("vocabulary.txt", 1), 0))


def test_only_data_is_installed(source: ModelSource) -> None:
    assert sorted(file.name for file in data_files("whisper", source.list_files())) == [
        "config.json",
        "extra.onnx",
        "model.bin",
    ]


def test_a_model_without_weights_that_can_be_read_is_refused() -> None:
    files = (RemoteFile("pytorch_model.bin", 1), RemoteFile("config.json", 1))
    with pytest.raises(PullFailed, match=r"no weights.*pytorch_model\.bin"):
        data_files("whisper", files)


def test_two_files_of_one_name_are_refused() -> None:
    files = (RemoteFile("onnx/model.onnx", 1), RemoteFile("model.onnx", 1))
    with pytest.raises(PullFailed, match=r"several files of the same name: model\.onnx"):
        data_files("whisper", files)


def test_a_hub_tells_the_commit_the_licence_and_the_hashes(hub: Hub) -> None:
    assert HubSource(hub.url, REPOSITORY, "main").describe() == (REVISION, "mit")
    files = {file.path: file for file in HubSource(hub.url, REPOSITORY, REVISION).list_files()}
    assert files["model.bin"].sha256 is not None
    assert (files["config.json"].sha256, files["config.json"].git_sha1) != (None, None)


def test_a_hub_that_only_sends_whole_files_is_noticed(hub: Hub) -> None:
    hub.resumes = False
    with pytest.raises(RangeIgnored):
        list(HubSource(hub.url, REPOSITORY, REVISION).read(MODEL, 5))


def test_a_hub_gets_the_token(hub: Hub) -> None:
    HubSource(hub.url, REPOSITORY, "main", "hf_secret").describe()
    assert hub.tokens == ["Bearer hf_secret"]


@pytest.mark.parametrize(("status", "expected"), [(401, "MODEL_HUB_TOKEN"), (404, "has no file"), (418, "418")])
def test_what_a_hub_refuses_is_explained(hub: Hub, status: int, expected: str) -> None:
    hub.status = status
    with pytest.raises(PullFailed, match=expected):
        HubSource(hub.url, REPOSITORY, "main").describe()


def test_a_hub_that_does_not_answer_is_named() -> None:
    with pytest.raises(PullFailed, match=r"http://127\.0\.0\.1:9 cannot be reached"):
        HubSource("http://127.0.0.1:9", REPOSITORY, "main").describe()


class BrokenBody:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def iter_chunks(self, _: int) -> Iterator[bytes]:
        yield WEIGHTS[:1000]
        raise self.error


@pytest.mark.parametrize(
    "error",
    [
        ResponseStreamingError(error="the connection broke"),
        IncompleteReadError(actual_bytes=1, expected_bytes=2),
        ReadTimeoutError(endpoint_url="s3"),
        OSError("reset"),
    ],
)
def test_a_transfer_from_s3_that_breaks_off_is_resumed(
    aws: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    source = S3Source("s3://weights")
    client = boto3.client("s3")
    client.create_bucket(Bucket="weights")
    client.put_object(Bucket="weights", Key="model.bin", Body=WEIGHTS)
    answers = [ConnectionClosedError(endpoint_url="s3"), {"Body": BrokenBody(error)}]
    get_object = source._client.get_object

    def broken_twice(**request: Any) -> Any:
        if not answers:
            return get_object(**request)
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(source._client, "get_object", broken_twice)
    manifest = Manifest("whisper", "s3://weights", None, "mit", (MODEL,))
    folder = Pull(source, tmp_path, resume=RetryPolicy(attempts_max=3, pause_s=0, pause_s_max=0))(manifest, "mit")
    assert (folder / "model.bin").read_bytes() == WEIGHTS


def test_an_address_that_is_not_of_s3_is_refused() -> None:
    with pytest.raises(PullFailed, match="s3://bucket/prefix"):
        S3Source("s3:/weights")
