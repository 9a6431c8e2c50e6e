"""Stores of files and results, of either kind."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from cinedex.adapters.s3.media_store import S3MediaStore
from cinedex.adapters.s3.multipart_uploads import S3MultipartUploads
from cinedex.adapters.s3.result_store import S3ResultStore
from cinedex.analysis.ports.result_store import ResultStore
from cinedex.library.ports.media_store import MediaStore
from cinedex.library.ports.multipart_uploads import MultipartUploads

from tests.support.aws import new_bucket
from tests.support.memory.stores import MemoryMediaStore, MemoryMultipartUploads, MemoryResultStore

Send = Callable[[str, bytes], str]


@pytest.fixture
def media(implementation: str) -> MediaStore:
    return S3MediaStore(new_bucket()) if implementation == "aws" else MemoryMediaStore()


@pytest.fixture
def partial(media: MediaStore) -> MultipartUploads:
    """Into the same store."""
    return MemoryMultipartUploads(media) if isinstance(media, MemoryMediaStore) else S3MultipartUploads(media.bucket)


@pytest.fixture
def results(implementation: str) -> ResultStore:
    return S3ResultStore(new_bucket()) if implementation == "aws" else MemoryResultStore()


@pytest.fixture
def send(media: MediaStore) -> Send:
    """A client that puts bytes under a ticket's URL, and is answered with their ETag."""
    return media.send if isinstance(media, MemoryMediaStore) else _put


def _put(url: str, body: bytes) -> str:
    answer = requests.put(url, data=body, timeout=10)
    answer.raise_for_status()
    return str(answer.headers["ETag"])
