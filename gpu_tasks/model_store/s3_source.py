"""Reads the files of a model from S3, or a store with its API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from cinedex.adapters.time_limits import OBJECT_ATTEMPTS_MAX, OBJECT_READ_TIMEOUT_S, aws_config

from gpu_tasks.engines.pinned_folder import PINS
from gpu_tasks.model_store.manifest import PullFailed, RemoteFile

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BLOCK_BYTES = 1024 * 1024
ADDRESS = re.compile(r"s3://(?P<bucket>[a-z0-9.-]+)(?:/(?P<prefix>.*))?")
ABSENT = ("404", "NoSuchKey", "NoSuchBucket")


class S3Source:
    """`ModelSource` of `s3://bucket/prefix`, with the credentials and the endpoint of the AWS configuration."""

    def __init__(self, address: str) -> None:
        matched = ADDRESS.fullmatch(address)
        if matched is None:
            raise PullFailed(f"{address!r} is no address of S3; write s3://bucket/prefix.")
        self._bucket, prefix = matched["bucket"], (matched["prefix"] or "").strip("/")
        self._prefix = f"{prefix}/" if prefix else ""
        config = aws_config(read_timeout_s=OBJECT_READ_TIMEOUT_S, attempts_max=OBJECT_ATTEMPTS_MAX)
        self._client: S3Client = boto3.client("s3", config=config)

    def list_files(self) -> tuple[RemoteFile, ...]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
        try:
            objects = [found for page in pages for found in page.get("Contents", [])]
        except (BotoCoreError, ClientError) as error:
            raise self._failed(error) from error
        files = [RemoteFile(found["Key"].removeprefix(self._prefix), found["Size"]) for found in objects]
        return tuple(file for file in files if file.name and file.name != PINS)

    def read(self, file: RemoteFile, from_byte: int) -> Iterator[bytes]:
        body = self._opened(file, from_byte)
        try:
            yield from body.iter_chunks(BLOCK_BYTES)
        except (BotoCoreError, OSError) as error:
            raise ConnectionError(str(error)) from error

    def _opened(self, file: RemoteFile, from_byte: int) -> Any:
        """A catalogued file may lie under the prefix without its subfolder."""
        for path in dict.fromkeys((file.path, file.name)):
            try:
                return self._client.get_object(
                    Bucket=self._bucket, Key=f"{self._prefix}{path}", Range=f"bytes={from_byte}-"
                )["Body"]
            except ClientError as error:
                if error.response["Error"]["Code"] not in ABSENT:
                    raise self._failed(error) from error
            except HTTPClientError as error:
                raise ConnectionError(str(error)) from error
            except BotoCoreError as error:
                raise self._failed(error) from error
        raise PullFailed(f"s3://{self._bucket}/{self._prefix} has no object {file.name}.")

    def _failed(self, error: Exception) -> PullFailed:
        return PullFailed(f"s3://{self._bucket}/{self._prefix} cannot be read: {error}")
